import type { IHeaders, Message } from 'kafkajs';
import type { HeaderValue, ProducedMessage } from '../produced-message.js';

/** A message of kafkajs's shape, as `emit` takes it. */
export function toProducedMessage(topic: string, { key, value, headers, partition, timestamp }: Message): ProducedMessage {
  return {
    topic,
    // An empty key would pin all its messages to one partition.
    key: key === undefined || key === null || key.length === 0 ? null : key,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: headers === undefined ? {} : headerValues(headers),
    partition,
    timestamp: timestamp === undefined ? undefined : Number(timestamp),
  };
}

function headerValues(headers: IHeaders): Record<string, HeaderValue> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]));
}
