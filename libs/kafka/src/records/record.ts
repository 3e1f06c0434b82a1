import type { HeaderValue, ProducedMessage } from '../produced-message.js';
import { EventRecord } from './event-record.js';
import { textSize, writeAscii } from './text.js';
import { lengthSize, signedSize, writeLength, writeSigned } from './varint.js';

/**
 * What a record costs beside its content: its length (4), attributes (1), the deltas of time (10) and offset (5).
 * An upper bound, so that a batch that fits by it always fits.
 */
export const RECORD_OVERHEAD = 20;

/** -1, which stands for null, as a zigzag varint. */
const NULL = 1;

/** Bytes of key, value and headers as they are written into a record. */
export function contentSize(message: ProducedMessage): number {
  if (message instanceof EventRecord) return message.content.length;
  const { key, value, headers } = message;
  let size = key === null ? 1 : fieldSize(key);
  size += value === null ? 1 : lengthSize(value.length) + value.length;
  let count = 0;
  for (const name in headers) {
    const given = headers[name];
    if (typeof given === 'string') {
      size += fieldSize(name) + fieldSize(given);
      count++;
    } else {
      for (const one of listOf(given)) {
        size += fieldSize(name) + fieldSize(one);
        count++;
      }
    }
  }
  return size + lengthSize(count);
}

/** Writes one record; `size` is its `contentSize`. Returns the position after it. */
export function writeRecord(
  target: Buffer,
  start: number,
  message: ProducedMessage,
  size: number,
  offsetDelta: number,
  timeDelta: number,
): number {
  let at = writeLength(target, start, 1 + signedSize(timeDelta) + lengthSize(offsetDelta) + size);
  target[at++] = 0;
  at = writeSigned(target, at, timeDelta);
  at = writeLength(target, at, offsetDelta);
  if (message instanceof EventRecord) return at + message.content.copy(target, at);
  const { key, value, headers } = message;
  if (key === null) target[at++] = NULL;
  else at = writeField(target, at, key);
  if (value === null) target[at++] = NULL;
  else {
    at = writeLength(target, at, value.length);
    target.set(value, at);
    at += value.length;
  }
  return writeHeaders(target, at, headers);
}

function writeHeaders(target: Buffer, start: number, headers: ProducedMessage['headers']): number {
  let count = 0;
  for (const name in headers) {
    const given = headers[name];
    count += typeof given === 'string' ? 1 : listOf(given).length;
  }
  let at = writeLength(target, start, count);
  for (const name in headers) {
    const given = headers[name];
    if (typeof given === 'string') {
      at = writeField(target, at, name);
      at = writeField(target, at, given);
    } else {
      for (const one of listOf(given)) {
        at = writeField(target, at, name);
        at = writeField(target, at, one);
      }
    }
  }
  return at;
}

function fieldSize(field: string | Buffer): number {
  const size = typeof field === 'string' ? textSize(field) : field.length;
  return lengthSize(size) + size;
}

function writeField(target: Buffer, start: number, field: string | Buffer): number {
  if (typeof field === 'string') {
    const body = writeLength(target, start, field.length);
    if (writeAscii(target, body, field)) return body + field.length;
    const size = Buffer.byteLength(field);
    const after = writeLength(target, start, size);
    return after + target.write(field, after, size, 'utf8');
  }
  const at = writeLength(target, start, field.length);
  target.set(field, at);
  return at + field.length;
}

const NONE: readonly (string | Buffer)[] = [];

function listOf(value: HeaderValue): readonly (string | Buffer)[] {
  if (value === undefined || value === null) return NONE;
  return typeof value === 'string' || Buffer.isBuffer(value) ? [value] : value;
}
