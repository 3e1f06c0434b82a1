import { crc32 } from 'node:zlib';

/*
 * One record: a header of 36 bytes, then the payload (libs/spool/README.md has the table). The header has a CRC of its
 * own, so that a flipped length is noticed at once and never makes a reader load or skip gigabytes on its word.
 */
export const RECORD_HEADER_BYTES = 36;
/** 64 MiB: above any message a broker takes. A reader's memory is bounded by it. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;
export const MARKER_BYTES = 8;

/** A payload as parts that are written one behind the other: saves the caller one copy of the big part. */
export type Payload = readonly Uint8Array[];

export interface StoredRecord {
  readonly sequence: number;
  /** When it was written, Unix milliseconds. */
  readonly time: number;
  /** A view of the read window; copy it to keep it beyond the next few records. */
  readonly payload: Buffer;
}

/** `short`: the bytes end before the record does; `bytes` are needed from its offset on to judge it. */
export type ReadOutcome = { kind: 'record'; record: StoredRecord; end: number } | { kind: 'short'; bytes: number } | { kind: 'bad' };

export function payloadBytes(payload: Payload): number {
  let bytes = 0;
  for (const part of payload) bytes += part.byteLength;
  return bytes;
}

/** Writes one record at `offset` of a target that has the room; returns where the next one begins. */
export function writeRecord(target: Buffer, offset: number, marker: Buffer, sequence: number, time: number, payload: Payload): number {
  let end = offset + RECORD_HEADER_BYTES;
  for (const part of payload) {
    target.set(part, end);
    end += part.byteLength;
  }
  const payloadStart = offset + RECORD_HEADER_BYTES;
  target.set(marker, offset);
  target.writeUInt32LE(end - payloadStart, offset + 8);
  writeUInt64(target, sequence, offset + 12);
  writeUInt64(target, time, offset + 20);
  target.writeUInt32LE(crc32(target.subarray(payloadStart, end)), offset + 28);
  target.writeUInt32LE(crc32(target.subarray(offset, offset + 32)), offset + 32);
  return end;
}

export function readRecord(bytes: Buffer, offset: number, marker: Buffer): ReadOutcome {
  const available = bytes.length - offset;
  if (available < RECORD_HEADER_BYTES) return { kind: 'short', bytes: RECORD_HEADER_BYTES };
  if (bytes.compare(marker, 0, MARKER_BYTES, offset, offset + MARKER_BYTES) !== 0) return { kind: 'bad' };
  if (bytes.readUInt32LE(offset + 32) !== crc32(bytes.subarray(offset, offset + 32))) return { kind: 'bad' };
  const length = bytes.readUInt32LE(offset + 8);
  if (length > MAX_PAYLOAD_BYTES) return { kind: 'bad' };
  if (available < RECORD_HEADER_BYTES + length) return { kind: 'short', bytes: RECORD_HEADER_BYTES + length };
  const payload = bytes.subarray(offset + RECORD_HEADER_BYTES, offset + RECORD_HEADER_BYTES + length);
  if (bytes.readUInt32LE(offset + 28) !== crc32(payload)) return { kind: 'bad' };
  const record = { sequence: readUInt64(bytes, offset + 12), time: readUInt64(bytes, offset + 20), payload };
  return { kind: 'record', record, end: offset + RECORD_HEADER_BYTES + length };
}

/** Two 32-bit halves: numbers up to 2^53, about ten times cheaper than a BigInt. */
export function writeUInt64(target: Buffer, value: number, offset: number): void {
  target.writeUInt32LE(value >>> 0, offset);
  target.writeUInt32LE(Math.floor(value / 2 ** 32), offset + 4);
}

export function readUInt64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset + 4) * 2 ** 32 + bytes.readUInt32LE(offset);
}
