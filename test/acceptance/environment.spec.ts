import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const HOSTS = process.env.KAFKA_HOSTS ?? '';

/** What Kubernetes sets in each pod of a namespace for a Service that is there. */
function links(service: string, port: number): Record<string, string> {
  return {
    [`${service}_SERVICE_HOST`]: '10.43.7.1',
    [`${service}_SERVICE_PORT`]: `${port}`,
    [`${service}_PORT`]: `tcp://10.43.7.1:${port}`,
    [`${service}_PORT_${port}_TCP`]: `tcp://10.43.7.1:${port}`,
    [`${service}_PORT_${port}_TCP_ADDR`]: '10.43.7.1',
  };
}

describe('the environment of the newest capture', () => {
  let topic: EphemeralTopic;
  let exceptions: EphemeralTopic;
  let gateway: Gateway | undefined;

  beforeEach(async () => {
    [topic, exceptions] = await Promise.all([EphemeralTopic.create(HOSTS), EphemeralTopic.create(HOSTS)]);
  });
  afterEach(async () => {
    await gateway?.stop();
    await Promise.all([topic.delete(), exceptions.delete()]);
  });

  it('leads to its brokers and topics, also beside Services named kafka, capture and replay', async () => {
    const outputs = ['OVERFLOW', 'HISTORICAL'].map((lane) => [`CAPTURE_OUTPUT_ANALYTICS_${lane}_TOPIC`, topic.name]);
    const others = ['HEATMAPS', 'CLIENT_WARNINGS', 'DLQ', 'SESSION_REPLAY_MAIN', 'SESSION_REPLAY_OVERFLOW', 'AI_MAIN'];
    gateway = await startGateway({
      env: {
        KAFKA_INGESTION_PRODUCER_METADATA_BROKER_LIST: HOSTS,
        KAFKA_INGESTION_PRODUCER_SECURITY_PROTOCOL: 'plaintext',
        CAPTURE_OUTPUT_ANALYTICS_MAIN_TOPIC: topic.name,
        CAPTURE_OUTPUT_ERROR_TRACKING_TOPIC: exceptions.name,
        ...Object.fromEntries([...outputs, ...others.map((output) => [`CAPTURE_OUTPUT_${output}_TOPIC`, topic.name])]),
        ...links('KAFKA', 9092),
        ...links('CAPTURE', 80),
        ...links('REPLAY', 80),
      },
    });
    const event = (name: string) => ({ event: name, distinct_id: 'me', properties: {} });
    const body = JSON.stringify({ api_key: 'phc_demo', batch: [event('hello'), event('$exception')] });
    const answer = await fetch(`${gateway.url}/batch/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

    expect([answer.status, answer.headers.get('inlet-ack')]).toEqual([200, 'kafka']);
    expect([(await topic.read()).length, (await exceptions.read()).length]).toEqual([1, 1]);
    expect(gateway.logs()).toContain('CAPTURE_OUTPUT_ANALYTICS_MAIN_TOPIC as KAFKA_TOPIC');
    expect(gateway.logs()).not.toContain('SERVICE_HOST');
  });
});
