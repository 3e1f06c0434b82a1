import { Logger } from '@nestjs/common';
import { SystemClock } from '@app/event';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Batcher } from '../batcher/batcher.js';
import type { DeliveryReport } from '../batcher/delivery.js';
import { KafkaHealth } from '../kafka-health.js';
import { NoKafkaMetrics } from '../kafka-metrics.js';
import type { ProducedMessage } from '../produced-message.js';
import { CaptureKafkaClient } from './capture-kafka-client.js';

class CountingMetrics extends NoKafkaMetrics {
  readonly failed: string[] = [];
  override emitFailed(topic?: string): void {
    this.failed.push(topic!);
  }
}

let sent: ProducedMessage[];
let report: DeliveryReport;
let metrics: CountingMetrics;
let health: KafkaHealth;
const errors: string[] = [];

function aClient(): CaptureKafkaClient {
  const batcher = { deliver: async (messages: ProducedMessage[]) => (sent.push(...messages), report) } as unknown as Batcher;
  return new CaptureKafkaClient({}, batcher, health, metrics);
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  sent = [];
  report = { delivered: 1, stored: 0, failures: [] };
  metrics = new CountingMetrics();
  health = new KafkaHealth(new SystemClock());
  errors.length = 0;
  vi.spyOn(Logger.prototype, 'error').mockImplementation((text: string) => void errors.push(text));
});
afterEach(() => vi.restoreAllMocks());

describe('CaptureKafkaClient', () => {
  it('sends what is emitted though nobody subscribes, as Nest would serialise it', async () => {
    aClient().emit('audit', { key: 'k', value: { a: 1 }, headers: { h: 'v' } });
    aClient().emit('audit', 'plain');
    await settled();
    expect(sent.map(({ topic, key, value, headers }) => [topic, key, String(value), headers])).toEqual([
      ['audit', 'k', '{"a":1}', { h: 'v' }],
      ['audit', null, 'plain', {}],
    ]);
  });

  it('makes an empty key null: it would pin all its messages to one partition', async () => {
    aClient().emit('audit', { key: '', value: 'v' });
    await settled();
    expect(sent[0]?.key).toBeNull();
  });

  it('counts and logs a failure that nobody awaits, with topic and reason, not with the message', async () => {
    report = {
      delivered: 0,
      stored: 0,
      failures: [{ index: 0, kind: 'undelivered', reason: 'NOT_ENOUGH_REPLICAS', ambiguous: false, final: false }],
    };
    aClient().emit('audit', { key: 'secret', value: 'secret' });
    await settled();
    expect(metrics.failed).toEqual(['audit']);
    expect(errors).toEqual(['1 emitted messages were not delivered, the last to audit: NOT_ENOUGH_REPLICAS']);
  });

  it('tells a subscriber of success and of failure', async () => {
    const client = aClient();
    expect(await firstValueFrom(client.emit('audit', 'v'))).toEqual([{ topicName: 'audit', partition: -1, errorCode: 0 }]);
    report = { delivered: 0, stored: 0, failures: [{ index: 0, kind: 'too_large', bytes: 9, limit: 8 }] };
    await expect(firstValueFrom(client.emit('audit', 'v'))).rejects.toThrow('message of 9 bytes is too large');
  });

  it.each([
    [{ value: 'x', timestamp: '1796982050000.5' }, 'timestamp must be whole Unix milliseconds'],
    [{ value: 'x', timestamp: 'soon' }, 'timestamp must be whole'],
    [{ value: 'x', timestamp: '' }, 'timestamp must be whole'],
    [{ value: 'x', timestamp: '-5' }, 'timestamp must be whole'],
    [{ value: 'x', timestamp: '1e300' }, 'timestamp must be whole'],
    [{ value: 'x', key: 5 }, 'key must be text'],
    [{ value: 5 }, 'value must be text'],
    [{ value: 'x', partition: 1.5 }, 'partition must be a whole number'],
    [{ value: 'x', headers: { a: 'fine', b: {} } }, 'header b must be text'],
    [{ value: 'x', headers: { b: ['fine', true] } }, 'header b must be text'],
  ])('refuses %o to its caller, and hands it to nobody', async (message, problem) => {
    const client = aClient();
    await expect(client.producer.send({ topic: 'audit', messages: [{ value: 'good' }, message as never] })).rejects.toThrow(problem);
    expect([sent, metrics.failed]).toEqual([[], ['audit']]);
  });

  it('takes what is unusual and right', async () => {
    const headers = { list: ['a', Buffer.from('b')], none: undefined };
    const messages = [
      { value: null, timestamp: '0' },
      { value: 'x', key: null, timestamp: '1796982050000', partition: 0, headers },
    ];
    await aClient().producer.send({ topic: 'audit', messages });
    expect(sent).toMatchObject([
      { value: null, timestamp: 0 },
      { key: null, timestamp: 1_796_982_050_000, partition: 0, headers },
    ]);
  });

  it('refuses request and reply: there is no consumer', async () => {
    await expect(firstValueFrom(aClient().send('audit', 'v'))).rejects.toThrow('only produces');
  });

  it('says disconnected when the brokers fall silent, unlike the stock client', () => {
    const states: string[] = [];
    aClient().status.subscribe((state) => states.push(state));
    health.cluster({ brokers: [{ id: 1, address: 'a:1' }], topics: new Map() });
    health.silent(1, 'ECONNREFUSED');
    health.answered(1);
    expect(states).toEqual(['connected', 'disconnected', 'connected']);
  });
});
