import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PRODUCERS, type KafkaConfig, type ProducedMessage } from '@app/kafka';
import { EphemeralTopic } from '@app/testing';
import { isOnPath, run } from '../services/commands.ts';
import { freePort } from '../services/free-port.ts';
import { startKafka, type Broker } from '../services/kafka.ts';
import { kafkaProxy, type KafkaProxy } from './fixtures/kafka-proxy.ts';
import { startKafkaRoom } from './fixtures/kafka-room.ts';

const JAAS = 'org.apache.kafka.common.security';
const message = (topic: string, value: string): ProducedMessage => ({ topic, key: 'k', value: Buffer.from(value), headers: {} });

/** A broker of this file's own: other tests' brokers have a plain listener only. */
describe.skipIf(!isOnPath('keytool')).each(['4.x', '3.x'] as const)('Kafka %s with TLS and logins', (line) => {
  let broker: Broker;
  let proxy: KafkaProxy;
  let folder: string;
  let ca: string;
  let ports: Record<'plain' | 'tls' | 'sasl' | 'saslTls' | 'proxied', number>;
  let topic: EphemeralTopic;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inlet-tls-'));
    ca = join(folder, 'ca.pem');
    const keystore = await makeCertificate(folder, ca);
    const [plain, controller, tls, sasl, saslTls, proxied] = await Promise.all(Array.from({ length: 6 }, () => freePort()));
    ports = { plain, tls, sasl, saslTls, proxied };
    proxy = await kafkaProxy(proxied);
    broker = await startKafka({
      line,
      port: plain,
      properties: {
        listeners: `PLAINTEXT://127.0.0.1:${plain},CONTROLLER://127.0.0.1:${controller},TLS://127.0.0.1:${tls},LOGIN://127.0.0.1:${sasl},TLSLOGIN://127.0.0.1:${saslTls},PROXIED://127.0.0.1:${proxied}`,
        'advertised.listeners': `PLAINTEXT://127.0.0.1:${plain},TLS://localhost:${tls},LOGIN://127.0.0.1:${sasl},TLSLOGIN://localhost:${saslTls},PROXIED://127.0.0.1:${proxy.port}`,
        'listener.security.protocol.map':
          'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,LOGIN:SASL_PLAINTEXT,TLSLOGIN:SASL_SSL,PROXIED:PLAINTEXT',
        'controller.quorum.voters': `1@127.0.0.1:${controller}`,
        'inter.broker.listener.name': 'PLAINTEXT',
        'ssl.keystore.location': keystore,
        'ssl.keystore.password': 'changeit',
        'ssl.keystore.type': 'PKCS12',
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        ...logins('login'),
        ...logins('tlslogin'),
      },
      formatArguments: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=alice,password=s3cret]`,
      ]),
    });
    topic = await EphemeralTopic.create(broker.hosts);
  });
  afterAll(async () => {
    await topic?.delete();
    await broker?.stop();
    await proxy?.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => proxy.behave());

  const deliver = async (value: string, settings: Partial<KafkaConfig>) => {
    const room = await startKafkaRoom({ deliveryDeadlineMs: 15_000, ...settings });
    const report = await room.batcher.deliver([message(topic.name, value)]);
    await room.stop();
    return report;
  };
  const alice = { saslUsername: 'alice', saslPassword: 's3cret' };
  const values = async () => (await topic.read()).map(({ value }) => String(value));

  describe.each(PRODUCERS)('engine %s', (producer) => {
    it('delivers over TLS to a broker whose certificate the given authority signed', async () => {
      const report = await deliver(`${producer} tls`, { producer, hosts: [`localhost:${ports.tls}`], tls: true, tlsCa: ca });
      expect(report).toMatchObject({ delivered: 1 });
      expect(await values()).toContain(`${producer} tls`);
    });

    it('refuses a certificate that nobody it trusts has signed, unless told to accept any', async () => {
      const tls = { producer, hosts: [`localhost:${ports.tls}`], tls: true, deliveryDeadlineMs: 1000 };
      expect((await deliver('untrusted', tls)).failures).toMatchObject([
        { kind: 'undelivered', reason: expect.stringMatching(/self.signed/i) },
      ]);
      expect(await deliver(`${producer} insecure`, { ...tls, tlsInsecure: true, deliveryDeadlineMs: 15_000 })).toMatchObject({
        delivered: 1,
      });
    });

    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('logs in with %s, with TLS and without', async (saslMechanism) => {
      const login = { producer, saslMechanism, ...alice };
      expect(await deliver('login', { ...login, hosts: [`127.0.0.1:${ports.sasl}`] })).toMatchObject({ delivered: 1 });
      expect(await deliver('login', { ...login, hosts: [`localhost:${ports.saslTls}`], tls: true, tlsCa: ca })).toMatchObject({
        delivered: 1,
      });
    });

    it('reports a wrong password by the deadline, and lives on', async () => {
      const wrong = { producer, saslMechanism: 'scram-sha-256', saslUsername: 'alice', saslPassword: 'wrong' } as const;
      const report = await deliver('never', { ...wrong, hosts: [`127.0.0.1:${ports.sasl}`], deliveryDeadlineMs: 1000 });
      expect(report.failures).toMatchObject([{ kind: 'undelivered', reason: expect.stringMatching(/authentication|SASL/i) }]);
      expect(await values()).not.toContain('never');
    });

    it('asks for the acknowledgement of all replicas, on the wire', async () => {
      await deliver('acks', { producer, hosts: [`127.0.0.1:${ports.proxied}`] });
      expect(proxy.acks).not.toHaveLength(0);
      expect(new Set(proxy.acks)).toEqual(new Set([-1]));
    });

    it('delivers in order when answers to produce requests are lost, again and again', async () => {
      const room = await startKafkaRoom({ producer, hosts: [`127.0.0.1:${ports.proxied}`], deliveryDeadlineMs: 20_000 });
      await room.batcher.deliver([message(topic.name, 'warm-up')]);
      const before = (await values()).length;
      const reports: Promise<{ delivered: number }>[] = [];
      for (let i = 0; i < 30; i++) {
        if (i % 10 === 0) proxy.loseNextAnswer();
        reports.push(room.batcher.deliver([message(topic.name, `${i}`)]));
        await new Promise((done) => setTimeout(done, 20));
      }
      expect((await Promise.all(reports)).every(({ delivered }) => delivered === 1)).toBe(true);
      await room.stop();
      expect(proxy.lost).toBe(3);
      const read = (await values()).slice(before).map(Number);
      if (producer === 'platformatic') {
        // Idempotent: the broker knows the batch that it has already, and writes it once.
        expect(read).toEqual(Array.from({ length: 30 }, (_, i) => i));
      } else {
        expect(read.length).toBeGreaterThan(30);
        expect(read.filter((value, i) => read.indexOf(value) === i)).toEqual(Array.from({ length: 30 }, (_, i) => i));
      }
    });
  });

  it('writes a batch twice whose answer was lost, if idempotence is off', async () => {
    const settings = { enableIdempotence: false, hosts: [`127.0.0.1:${ports.proxied}`], deliveryDeadlineMs: 10_000 };
    const room = await startKafkaRoom(settings);
    const twice = randomUUID();
    try {
      await room.batcher.deliver([message(topic.name, 'warm-up')]);
      proxy.loseNextAnswer();
      expect(await room.batcher.deliver([message(topic.name, twice)])).toMatchObject({ delivered: 1 });
    } finally {
      await room.stop();
    }
    expect((await values()).filter((value) => value === twice)).toHaveLength(2);
  });
});

function logins(listener: string): Record<string, string> {
  return {
    [`listener.name.${listener}.plain.sasl.jaas.config`]: `${JAAS}.plain.PlainLoginModule required user_alice="s3cret";`,
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: `${JAAS}.scram.ScramLoginModule required;`,
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: `${JAAS}.scram.ScramLoginModule required;`,
  };
}

/** A certificate that signed itself; its own authority. Returns the key store's path. */
async function makeCertificate(folder: string, ca: string): Promise<string> {
  const keystore = join(folder, 'broker.p12');
  const store = ['-keystore', keystore, '-storetype', 'PKCS12', '-storepass', 'changeit', '-alias', 'broker'];
  await run('keytool', [
    '-genkeypair',
    ...store,
    '-keyalg',
    'EC',
    '-dname',
    'CN=localhost',
    '-ext',
    'san=dns:localhost,ip:127.0.0.1',
    '-validity',
    '2',
  ]);
  await run('keytool', ['-exportcert', '-rfc', ...store, '-file', ca]);
  return keystore;
}
