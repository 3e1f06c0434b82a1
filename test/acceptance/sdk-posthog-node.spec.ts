import { randomUUID } from 'node:crypto';
import { PostHog, type PostHogOptions } from 'posthog-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafkaGateway, type KafkaGateway } from './fixtures/kafka-gateway.ts';
import { expectEveryEventOnce, sentEvents } from './fixtures/sent-events.ts';

const TOKEN = 'phc_node_sdk';
const when = new Date(Date.UTC(2026, 2, 1, 12, 0, 0, 123));

/** Sends one of everything; gives how many events that were. */
async function send(url: string, options: PostHogOptions = {}): Promise<number> {
  const errors: unknown[] = [];
  const client = new PostHog(TOKEN, { host: url, flushAt: 20, fetchRetryCount: 0, ...options });
  client.on('error', (error: unknown) => errors.push(error));
  client.capture({ distinctId: 'node-1', event: 'plain' });
  client.capture({
    distinctId: 'node-größe 🎉',
    event: 'values',
    timestamp: when,
    properties: {
      big: Number.MAX_SAFE_INTEGER,
      bigger: 2 ** 63,
      exponent: 1e21,
      minusZero: -0,
      nothing: null,
      date: when,
      text: 'quotes " and \\ and \n and \u2028 and 👩‍👩‍👧',
      nested: { list: [1, [2, { three: null }]], empty: {} },
      ключ: 'значение',
    },
  });
  client.capture({ distinctId: 'node-1', event: 'own uuid', uuid: randomUUID() });
  client.capture({ distinctId: 'node-1', event: 'in groups', groups: { company: 'c-1' } });
  client.identify({ distinctId: 'node-1', properties: { plan: 'free' } });
  client.alias({ distinctId: 'node-1', alias: 'node-anonymous' });
  client.groupIdentify({ groupType: 'company', groupKey: 'c-1', properties: { seats: 3 } });
  for (let i = 0; i < 100; i++) client.capture({ distinctId: `node-${i % 7}`, event: 'many', properties: { i } });
  await client.shutdown();
  expect(errors).toEqual([]);
  return 107;
}

describe('posthog for Node', () => {
  let kafka: KafkaGateway;
  beforeAll(async () => {
    kafka = await startKafkaGateway();
  });
  afterAll(() => kafka?.stop());

  it.each([
    ['gzip', {}],
    ['plain', { disableCompression: true }],
  ])('%s batches arrive in Kafka, every event once', async (mode, options) => {
    const before = { messages: (await kafka.main.read()).length, requests: kafka.proxy.requests.length };
    const count = await send(kafka.proxy.url, options);
    const requests = kafka.proxy.requests.slice(before.requests);
    const uuids = new Set(sentEvents(requests).map(({ uuid }) => uuid));
    const messages = await kafka.main.read();

    expect(requests.every(({ wasGzip }) => wasGzip === (mode === 'gzip'))).toBe(true);
    expect(uuids.size).toBe(count);
    expect(messages).toHaveLength(before.messages + count);
    expectEveryEventOnce(
      messages.filter(({ headers }) => uuids.has(headers.uuid)),
      requests,
    );
  });

  it('sends what it was given, of every kind', async () => {
    const events = sentEvents(kafka.proxy.requests);
    const names = new Set(events.map(({ event }) => event));
    expect([...names].toSorted()).toEqual([
      '$create_alias',
      '$groupidentify',
      '$identify',
      'in groups',
      'many',
      'own uuid',
      'plain',
      'values',
    ]);

    const message = (await kafka.main.read()).find(({ headers }) => headers.event === 'values');
    const { data } = JSON.parse(String(message?.value)) as { data: string };
    expect(data).toContain('"bigger":9223372036854776000,');
    expect(data).toContain('"exponent":1e+21,');
    expect(data).toContain('"nothing":null,');
    expect(data).toContain('"date":"2026-03-01T12:00:00.123Z"');
    expect(data).toContain('👩‍👩‍👧');
  });

  it('historical migrations go to their own topic', async () => {
    const before = { main: (await kafka.main.read()).length, requests: kafka.proxy.requests.length };
    const count = await send(kafka.proxy.url, { historicalMigration: true });
    const messages = await kafka.historical.read();

    expect(messages).toHaveLength(count);
    expectEveryEventOnce(messages, kafka.proxy.requests.slice(before.requests));
    expect(messages.every(({ headers }) => headers.historical_migration === 'true')).toBe(true);
    expect(await kafka.main.read()).toHaveLength(before.main);
  });

  it('exceptions go to their own topic', async () => {
    const client = new PostHog(TOKEN, { host: kafka.proxy.url, fetchRetryCount: 0 });
    client.captureException(new Error('broken 🎉'), 'node-1', { where: 'here' });
    await client.shutdown();
    const messages = await kafka.exceptions.read();
    expect(messages.map(({ headers }) => headers.event)).toEqual(['$exception']);
    expect(messages[0].key).toBe(`${TOKEN}:node-1`);
  });
});
