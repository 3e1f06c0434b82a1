import type { OutgoingMessage, Route } from '@app/event';
import type { Payload } from './record.js';

/** A message as it is kept: what a consumer will read, and what the log's own tools select by. */
export interface StoredMessage {
  readonly message: OutgoingMessage;
  /** When the request was received, Unix milliseconds. */
  readonly receivedAt: number;
  readonly token: string;
}

/** The first part of a payload, as JSON: small, self-describing, and a later release may add to it. */
interface Head {
  readonly at: number;
  readonly token: string;
  readonly route: Route;
  readonly topic?: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** `[length of the head, u32 LE][head, JSON][value, verbatim]`; the value is not copied. */
export function encodeStoredMessage({ message, receivedAt, token }: StoredMessage): Payload {
  const { route, topic, key, headers, value } = message;
  const head: Head = { at: receivedAt, token, route, ...(topic === undefined ? {} : { topic }), key, headers };
  const text = JSON.stringify(head);
  // UTF-8 needs at most three bytes for a UTF-16 unit.
  const bytes = Buffer.allocUnsafe(4 + text.length * 3);
  const length = bytes.write(text, 4);
  bytes.writeUInt32LE(length, 0);
  return [bytes.subarray(0, 4 + length), value];
}

/** @throws Error when the payload is not one of ours: it passed its CRC, so another program wrote it */
export function decodeStoredMessage(payload: Buffer): StoredMessage {
  const length = payload.length < 4 ? Infinity : payload.readUInt32LE(0);
  if (payload.length < 4 + length) throw new Error('record holds no message');
  const head = JSON.parse(payload.toString('utf8', 4, 4 + length)) as Head;
  const { at: receivedAt, token, route, topic, key, headers } = head;
  return { message: { route, topic, key, headers, value: payload.subarray(4 + length) }, receivedAt, token };
}
