import type { IHeaders, Message } from 'kafkajs';
import type { HeaderValue, ProducedMessage } from '../produced-message.js';

/** The largest time that Date knows. */
const LAST_MS = 8.64e15;

/**
 * What is wrong with a message of kafkajs's shape, undefined for nothing. Types don't hold at run time, and one that
 * cannot be encoded must be refused to its caller, not found out when it is in a batch with others.
 */
export function problemOf({ key, value, headers, partition, timestamp }: Message): string | undefined {
  if (key !== undefined && key !== null && !isBytes(key)) return 'key must be text, a Buffer or null';
  if (value !== null && !isBytes(value)) return 'value must be text, a Buffer or null';
  if (partition !== undefined && partition !== null && !isWhole(partition, 2 ** 31 - 1)) return 'partition must be a whole number from 0';
  if (!isTime(timestamp ?? undefined)) return 'timestamp must be whole Unix milliseconds';
  for (const [name, given] of Object.entries(headers ?? {})) {
    const values: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (!values.every((one) => isBytes(one) || typeof one === 'number' || (one ?? undefined) === undefined))
      return `header ${name} must be text, a Buffer or a list of them`;
  }
  return undefined;
}

/** Text as kafkajs has it, or a number as some give it. */
function isTime(given: unknown): boolean {
  if (typeof given === 'string') return given.trim() !== '' && isWhole(Number(given), LAST_MS);
  return given === undefined || isWhole(given, LAST_MS);
}

const isBytes = (given: unknown): boolean => typeof given === 'string' || Buffer.isBuffer(given);
const isWhole = (given: unknown, most: number): boolean => Number.isInteger(given) && (given as number) >= 0 && (given as number) <= most;

/** A message of kafkajs's shape, as `emit` takes it. */
export function toProducedMessage(topic: string, { key, value, headers, partition, timestamp }: Message): ProducedMessage {
  return {
    topic,
    // An empty key would pin all its messages to one partition.
    key: key === undefined || key === null || key.length === 0 ? null : key,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: headers === undefined ? {} : headerValues(headers),
    partition: partition ?? undefined,
    timestamp: (timestamp ?? undefined) === undefined ? undefined : Number(timestamp),
  };
}

function headerValues(headers: IHeaders): Record<string, HeaderValue> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerValue(value)]));
}

function headerValue(value: IHeaders[string]): HeaderValue {
  if (Array.isArray(value))
    return value.filter((one) => (one ?? undefined) !== undefined).map((one) => (typeof one === 'number' ? String(one) : one));
  return typeof value === 'number' ? String(value) : (value ?? undefined);
}
