import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KafkaConfig, topicsByRoute } from '@app/kafka';
import { GatewayConfig } from './gateway.config.js';
import { loadConfig } from './load-config.js';

type Env = Record<string, string | undefined>;
const MANIFEST: Env = parseEnv(readFileSync(join(import.meta.dirname, 'fixtures/newest-capture.env'), 'utf8'));
const BROKERS = 'KAFKA_INGESTION_PRODUCER_METADATA_BROKER_LIST';
const kafka = (env: Env) => loadConfig(env).get(KafkaConfig);
const P = 'KAFKA_INGESTION_PRODUCER_';

describe('a manifest of the newest capture', () => {
  it('boots into the same brokers and topics', () => {
    const config = loadConfig(MANIFEST);
    expect(config.get(GatewayConfig)).toMatchObject({ output: 'kafka', host: '0.0.0.0', port: 3000, captureMode: 'events' });
    expect(config.get(KafkaConfig)).toMatchObject({
      hosts: ['broker-1.example:9094', 'broker-2.example:9092'],
      tls: true,
      tlsInsecure: false,
      clientId: 'capture-7',
      compression: 'zstd',
      lingerMs: 20,
      queueMib: 200,
      messageMaxBytes: 2_000_000,
      metadataMaxAgeMs: 45_000,
      socketTimeoutMs: 30_000,
      enableIdempotence: false,
    });
    const topics = Object.entries(topicsByRoute(config.get(KafkaConfig))).map(([route, { topic }]) => [route, topic]);
    expect(Object.fromEntries(topics)).toMatchObject({
      main: 'their_main',
      overflow: 'their_overflow',
      historical: 'their_historical',
      exceptions: 'their_exceptions',
      heatmaps: 'their_heatmaps',
      warnings: 'their_warnings',
      dlq: 'their_dlq',
      replay: 'their_replay',
      replay_overflow: 'their_replay_overflow',
    });
  });

  it('has each of its names either understood or warned of', () => {
    const { understood, warnings, ignored } = loadConfig(MANIFEST);
    expect(understood).toContain('CAPTURE_OUTPUT_ANALYTICS_MAIN_TOPIC as KAFKA_TOPIC');
    expect(understood).toContain('CAPTURE_OUTPUT_ANALYTICS_MAIN_PRODUCER');
    const theirs = Object.keys(MANIFEST).filter((name) => /^(?:KAFKA_INGESTION|CAPTURE_OUTPUT|CAPTURE_V1|CAPTURE_INGESTION)/.test(name));
    const told = [...understood.map((text) => text.split(' ')[0]), ...ignored];
    expect(theirs.filter((name) => !told.includes(name))).toEqual([]);
    expect(warnings).toContain('CAPTURE_V1_SINK_* (3 of them) is set but means nothing here: ignored');
  });

  it('goes to the broker that is the default there when it names none, and says so', () => {
    const { get, warnings } = loadConfig({ CAPTURE_OUTPUT_DLQ_TOPIC: 'd' });
    expect([get(GatewayConfig).output, get(KafkaConfig).hosts]).toEqual(['kafka', ['kafka:9092']]);
    expect(warnings[0]).toContain(`${BROKERS} is not set: events go to kafka:9092`);
  });

  it('leaves the embedded log where it is asked for', () => {
    const { get, warnings } = loadConfig({ CAPTURE_OUTPUT_DLQ_TOPIC: 'd', OUTPUT: 'embedded' });
    expect([get(GatewayConfig).output, get(KafkaConfig).hosts, warnings]).toEqual(['embedded', [], []]);
  });

  it('gives way to a setting of ours, as it did before it was understood', () => {
    const env = { ...MANIFEST, KAFKA_HOSTS: 'ours:9092', KAFKA_TOPIC: 'ours', KAFKA_TLS: 'true' };
    expect(kafka(env)).toMatchObject({ hosts: ['ours:9092'], topic: 'ours', tls: true });
    const warnings = loadConfig(env).warnings.filter((text) => text.includes('goes before it'));
    expect(warnings).toEqual([
      `${BROKERS} is ignored: KAFKA_HOSTS goes before it, and has another value`,
      'CAPTURE_OUTPUT_ANALYTICS_MAIN_TOPIC is ignored: KAFKA_TOPIC goes before it, and has another value',
    ]);
  });

  it.each<[string, Partial<KafkaConfig>]>([
    ['plaintext', { tls: false }],
    ['SASL_PLAINTEXT', { tls: false }],
    ['sasl_ssl', { tls: true }],
  ])('with SECURITY_PROTOCOL=%s', (protocol, expected) => {
    expect(kafka({ [`${P}SECURITY_PROTOCOL`]: protocol })).toMatchObject(expected);
  });

  it('accepts any certificate only where it says so', () => {
    expect(kafka({ [`${P}ENABLE_SSL_CERTIFICATE_VERIFICATION`]: 'false' }).tlsInsecure).toBe(true);
  });

  it.each([
    [`${P}LINGER_MS`, 'soon', `${P}LINGER_MS=soon: it must not be greater than 1000`],
    [`${P}SECURITY_PROTOCOL`, 'tls', `${P}SECURITY_PROTOCOL=tls: it must be plaintext, ssl, sasl_plaintext or sasl_ssl`],
    [`${P}ENABLE_SSL_CERTIFICATE_VERIFICATION`, 'yes', `${P}ENABLE_SSL_CERTIFICATE_VERIFICATION=yes: it must be true or false`],
    [`${P}QUEUE_BUFFERING_MAX_KBYTES`, 'much', `${P}QUEUE_BUFFERING_MAX_KBYTES=much: it must be a number of KiB`],
    ['CAPTURE_OUTPUT_DLQ_PRODUCER', 'WARPSTREAM', 'CAPTURE_OUTPUT_DLQ_PRODUCER=WARPSTREAM: it must be INGESTION'],
    ['CAPTURE_OUTPUT_DLQ_TOPIC', 'a b', 'CAPTURE_OUTPUT_DLQ_TOPIC=a b: it must be a topic name'],
  ])('is told of %s=%s by the name that it has', (name, value, sentence) => {
    expect(() => loadConfig({ [name]: value })).toThrow(sentence);
  });

  it('takes no topic of events for that of recordings', () => {
    const { topic, replayTopic } = kafka({
      CAPTURE_MODE: 'recordings',
      CAPTURE_OUTPUT_ANALYTICS_MAIN_TOPIC: 'e',
      CAPTURE_OUTPUT_SESSION_REPLAY_MAIN_TOPIC: 'r',
    });
    expect([topic, replayTopic]).toEqual(['e', 'r']);
  });
});
