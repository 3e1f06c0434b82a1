import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafkaGateway, type KafkaGateway } from './fixtures/kafka-gateway.ts';
import { expectEveryEventOnce, sentEvents } from './fixtures/sent-events.ts';

const python = process.env.TEST_PYTHON ?? '';
const TOKEN = 'phc_python_sdk';

/** Lets the SDK send one of everything; gives the uuids that it reported to its caller. */
async function send(url: string, ...modes: string[]): Promise<string[]> {
  const script = join(import.meta.dirname, 'fixtures/send_with_posthog.py');
  const { stdout } = await promisify(execFile)(python, [script, url, TOKEN, ...modes], { timeout: 50_000 });
  return JSON.parse(stdout) as string[];
}

describe.skipIf(python === '')('posthog for Python', () => {
  let kafka: KafkaGateway;
  beforeAll(async () => {
    kafka = await startKafkaGateway();
  });
  afterAll(() => kafka?.stop());

  it.each([['plain'], ['gzip']])('%s batches arrive in Kafka, every event once', async (mode) => {
    const before = { messages: (await kafka.main.read()).length, requests: kafka.proxy.requests.length };
    const uuids = await send(kafka.proxy.url, mode);
    const requests = kafka.proxy.requests.slice(before.requests);
    const messages = (await kafka.main.read()).filter(({ headers }) => uuids.includes(headers.uuid));

    expect(requests.every(({ wasGzip }) => wasGzip === (mode === 'gzip'))).toBe(true);
    expect(requests.length).toBeGreaterThan(1);
    expectEveryEventOnce(messages, requests);
    expect(
      sentEvents(requests)
        .map(({ uuid }) => uuid)
        .toSorted(),
    ).toEqual(uuids.toSorted());
    expect(await kafka.main.read()).toHaveLength(before.messages + uuids.length);
  });

  it('keeps what only the text of a number says', async () => {
    const message = (await kafka.main.read()).find(({ headers }) => headers.event === 'values');
    const { data } = JSON.parse(String(message?.value)) as { data: string };
    expect(data).toContain('"big": 9223372036854775807,');
    expect(data).toContain('"negative": -9007199254740993,');
    expect(data).toContain('"float": 1.0,');
  });

  it('historical migrations go to their own topic', async () => {
    const before = { main: (await kafka.main.read()).length, requests: kafka.proxy.requests.length };
    const uuids = await send(kafka.proxy.url, 'historical');
    const messages = await kafka.historical.read();

    expect(messages).toHaveLength(uuids.length);
    expectEveryEventOnce(messages, kafka.proxy.requests.slice(before.requests));
    expect(messages.every(({ headers }) => headers.historical_migration === 'true')).toBe(true);
    expect(await kafka.main.read()).toHaveLength(before.main);
  });
});
