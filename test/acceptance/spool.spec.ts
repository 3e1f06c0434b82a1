import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isOnPath } from '../services/commands.ts';
import { startKafka, type Broker } from '../services/kafka.ts';
import { compare, SteadySender } from './fixtures/steady-sender.ts';

/** A broker of this file's own, to be killed. */
describe.skipIf(!isOnPath('java'))('an outage of the brokers', () => {
  let broker: Broker;
  let port: number;
  let topic: EphemeralTopic;
  let gateway: Gateway | undefined;
  let dataDir: string;

  beforeAll(async () => {
    broker = await startKafka({ line: '4.x' });
    port = Number(broker.hosts.split(':')[1]);
  });
  afterAll(() => broker?.stop());
  beforeEach(async () => {
    topic = await EphemeralTopic.create(broker.hosts, { partitions: 3 });
    dataDir = await mkdtemp(join(tmpdir(), 'inlet-spool-'));
    gateway = await open();
  });
  afterEach(async () => {
    await gateway?.stop('SIGKILL');
    await topic.delete();
    await rm(dataDir, { recursive: true, force: true });
  });

  function open(env: Record<string, string> = {}): Promise<Gateway> {
    const names = ['TOPIC', 'OVERFLOW_TOPIC', 'HISTORICAL_TOPIC', 'ERROR_TRACKING_TOPIC', 'HEATMAPS_TOPIC', 'REPLAY_TOPIC', 'DLQ_TOPIC'];
    const topics = Object.fromEntries(names.map((name) => [`KAFKA_${name}`, topic.name]));
    return startGateway({ env: { DATA_DIR: dataDir, KAFKA_HOSTS: broker.hosts, ...topics, ...env } });
  }

  const restart = async () => {
    broker = await startKafka({ line: '4.x', port, folder: broker.folder });
  };

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${gateway!.url}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  const untilDrained = () => expect.poll(() => metric('capture_spool_pending_events'), { timeout: 30_000, interval: 200 }).toBe(0);

  async function expectLedgerToBalance(): Promise<void> {
    const [spooled, recovered, drained, dead, expired, parked, dropped, pending] = await Promise.all(
      ['spooled', 'recovered', 'drained', 'dead_lettered', 'expired', 'parked', 'dropped']
        .map((name) => metric(`capture_spool_${name}_total`))
        .concat(metric('capture_spool_pending_events')),
    );
    expect(spooled + recovered).toBe(drained + dead + expired + parked + dropped + pending);
    expect(spooled + recovered).toBeGreaterThan(0);
  }

  it('is bridged by the spool: acknowledged at once, drained in order, new events direct again afterwards', async () => {
    const sender = new SteadySender(gateway!.url).start();
    await sleep(1500);
    await broker.kill();
    const killedAt = performance.now();
    await sleep(4000);
    await restart();
    await expect.poll(() => sender.acknowledged.at(-1)?.ack, { timeout: 20_000 }).toBe('kafka');
    await sleep(500);
    await sender.stop();
    await untilDrained();

    const during = sender.acknowledged.filter(({ at }) => at > killedAt + 3000 && at < killedAt + 4000);
    expect(during.length).toBeGreaterThan(0);
    expect(new Set(during.map(({ ack }) => ack))).toEqual(new Set(['spool']));
    const messages = await topic.readUntil(sender.acknowledged.length);
    const result = compare(sender.acknowledged, messages);
    expect(result).toMatchObject({ lost: 0, outOfOrder: 0 });
    expect(result.duplicated).toBeLessThanOrEqual(20);
    expect(sender.refused).toBe(0);
    await expectLedgerToBalance();
  });

  it('is survived by what was acknowledged when the gateway is killed meanwhile', async () => {
    const sender = new SteadySender(gateway!.url).start();
    await sleep(1000);
    await broker.kill();
    await sleep(1500);
    process.kill(gateway!.pid, 'SIGKILL');
    await sender.stop();
    await restart();
    gateway = await open();
    const later = new SteadySender(gateway.url, 20, 200, 1_000_000).start();
    await sleep(1000);
    await later.stop();
    await untilDrained();

    const messages = await topic.readUntil(sender.acknowledged.length + later.acknowledged.length);
    const result = compare([...sender.acknowledged, ...later.acknowledged], messages);
    expect(result).toMatchObject({ lost: 0, outOfOrder: 0 });
    expect(sender.acknowledged.some(({ ack }) => ack === 'spool')).toBe(true);
    expect(await metric('capture_spool_recovered_total')).toBeGreaterThan(0);
    await expectLedgerToBalance();
  });
});
