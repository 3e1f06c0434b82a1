import type { HeaderValue, ProducedMessage } from '@app/kafka';
import type { Payload, StoredRecord } from '../record.js';

/** A message as the outage spool keeps it. */
export interface SpooledMessage {
  readonly message: ProducedMessage;
  /** The partition it was meant for; undefined when the topic's partitions were not known. */
  readonly partition: number | undefined;
  /** It was refused for good and is on its way to the dead-letter topic. */
  readonly isDead: boolean;
  /** Why nobody takes it, of one that is parked. */
  readonly parkedFor?: string | undefined;
}

/** JSON, self-describing: a later release may add to it. Bytes that are no text are wrapped. */
interface Head {
  readonly topic: string;
  readonly partition?: number;
  readonly key: Field | null;
  readonly headers: Readonly<Record<string, Field | null | readonly Field[]>>;
  readonly timestamp?: number;
  readonly dead?: true;
  readonly parked?: string;
  /** There is no value, which is not an empty one. */
  readonly tombstone?: true;
}

type Field = string | { readonly base64: string };

const NO_VALUE = new Uint8Array(0);

/** `[length of the head, u32 LE][head, JSON][value, verbatim]`; the value is not copied. */
export function encodeSpooled({ message, partition, isDead, parkedFor }: SpooledMessage): Payload {
  const { topic, key, value, headers, timestamp } = message;
  const head: Head = {
    topic,
    ...(partition !== undefined && { partition }),
    key: key === null ? null : toField(key),
    headers: Object.fromEntries(Object.entries(headers).map(([name, given]) => [name, toFields(given)])),
    ...(timestamp !== undefined && { timestamp }),
    ...(isDead && { dead: true }),
    ...(parkedFor !== undefined && { parked: parkedFor }),
    ...(value === null && { tombstone: true }),
  };
  const text = JSON.stringify(head);
  // UTF-8 needs at most three bytes for a UTF-16 unit.
  const bytes = Buffer.allocUnsafe(4 + text.length * 3);
  const length = bytes.write(text, 4);
  bytes.writeUInt32LE(length, 0);
  return [bytes.subarray(0, 4 + length), value ?? NO_VALUE];
}

/** @throws Error when the payload is not one of ours: it passed its CRC, so another program wrote it */
export function decodeSpooled(payload: Buffer): SpooledMessage {
  const length = payload.length < 4 ? Infinity : payload.readUInt32LE(0);
  if (payload.length < 4 + length) throw new Error('record holds no message');
  const head = JSON.parse(payload.toString('utf8', 4, 4 + length)) as Head;
  const headers = Object.fromEntries(Object.entries(head.headers).map(([name, given]) => [name, fromFields(given)]));
  const key = head.key === null ? null : fromField(head.key);
  const value = head.tombstone ? null : payload.subarray(4 + length);
  return {
    message: { topic: head.topic, key, value, headers, timestamp: head.timestamp },
    partition: head.partition,
    isDead: head.dead === true,
    ...(head.parked !== undefined && { parkedFor: head.parked }),
  };
}

/** Undefined for a payload that another program wrote. */
export function decode({ payload }: StoredRecord): SpooledMessage | undefined {
  try {
    return decodeSpooled(payload);
  } catch {
    return undefined;
  }
}

/** Whose message it is, for shares; empty for what product teams emit without saying. */
export function tokenOf({ headers }: ProducedMessage): string {
  return typeof headers.token === 'string' ? headers.token : '';
}

function toField(field: string | Buffer): Field {
  return typeof field === 'string' ? field : { base64: field.toString('base64') };
}

function fromField(field: Field): string | Buffer {
  return typeof field === 'string' ? field : Buffer.from(field.base64, 'base64');
}

function toFields(value: HeaderValue): Field | null | readonly Field[] {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' || Buffer.isBuffer(value) ? toField(value) : value.map(toField);
}

function fromFields(value: Field | null | readonly Field[]): HeaderValue {
  if (value === null) return undefined;
  return Array.isArray(value) ? (value as readonly Field[]).map(fromField) : fromField(value as Field);
}
