import { EphemeralTopic } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafkaGateway, type KafkaGateway } from './fixtures/kafka-gateway.ts';

const AI_BYTES = 5 * 1024 * 1024;

describe('AI events', () => {
  let ai: EphemeralTopic;
  let kafka: KafkaGateway;
  beforeAll(async () => {
    ai = await EphemeralTopic.create(process.env.KAFKA_HOSTS ?? '', { config: { 'max.message.bytes': '9000000' } });
    kafka = await startKafkaGateway({ KAFKA_AI_TOPIC: ai.name, KAFKA_DELIVERY_DEADLINE_MS: '20000' });
  });
  afterAll(async () => {
    await kafka?.stop();
    await ai?.delete();
  });

  it('arrive on their own topic, with more bytes than an ordinary event may have; others stay on theirs', async () => {
    const large = { event: '$ai_generation', distinct_id: 'd', properties: { $ai_input: 'x'.repeat(AI_BYTES) } };
    const batch = [large, { event: 'e', distinct_id: 'd' }, { event: '$ai_unheard_of', distinct_id: 'd' }];
    const answer = await fetch(`${kafka.gateway.url}/i/v0/ai/batch/`, {
      method: 'POST',
      body: JSON.stringify({ api_key: 'phc_ai', batch }),
    });
    expect([answer.status, await answer.text(), answer.headers.get('inlet-ack')]).toEqual([200, '{"status":"Ok"}', 'kafka']);
    const [message, ...more] = await ai.readUntil(1);
    expect([message.headers.event, message.key, message.value.length > AI_BYTES, more]).toEqual(['$ai_generation', 'phc_ai:d', true, []]);
    const others = await kafka.main.readUntil(2);
    expect(others.map(({ headers }) => headers.event).toSorted()).toEqual(['$ai_unheard_of', 'e']);
  });
});
