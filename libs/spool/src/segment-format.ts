import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { MARKER_BYTES, writeUInt64 } from './record.js';

/** The format this code writes. It reads this one only; a newer file is left alone (a rollback must lose nothing). */
export const FORMAT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 40;
const MAGIC = Buffer.from('INLETSEG', 'latin1');
const NAME = /^(\d{16})-([0-9a-f]{16})\.seg$/;

/** What a file's name says: enough to order the segments and, should the header be damaged, to read one. */
export interface SegmentName {
  readonly file: string;
  readonly firstSequence: number;
  /**
   * Eight random bytes before every record of this segment: where a reader finds the next record behind damage.
   * Random, so that a payload which holds the bytes of a whole record (a client could send one) is never taken for
   * a record, and neither is an old segment's page.
   */
  readonly marker: Buffer;
}

export function newSegmentName(firstSequence: number, marker: Buffer = randomBytes(MARKER_BYTES)): SegmentName {
  return { file: `${String(firstSequence).padStart(16, '0')}-${marker.toString('hex')}.seg`, firstSequence, marker };
}

export function parseSegmentName(file: string): SegmentName | undefined {
  const [, sequence, marker] = NAME.exec(file) ?? [];
  if (sequence === undefined || marker === undefined) return undefined;
  return { file, firstSequence: Number(sequence), marker: Buffer.from(marker, 'hex') };
}

/** In order of their sequence numbers; files that are no segments are not ours to judge. */
export function segmentNames(files: readonly string[]): SegmentName[] {
  const names = files.map(parseSegmentName).filter((name) => name !== undefined);
  return names.toSorted((a, b) => a.firstSequence - b.firstSequence || (a.file < b.file ? -1 : 1));
}

/** @param begunAt the log's running time, seconds; 0 when it is not known */
export function encodeSegmentHeader(name: SegmentName, begunAt = 0): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  header.set(MAGIC, 0);
  header.writeUInt32LE(FORMAT_VERSION, 8);
  header.writeUInt32LE(SEGMENT_HEADER_BYTES, 12);
  writeUInt64(header, name.firstSequence, 16);
  header.set(name.marker, 24);
  header.writeUInt32LE(Math.floor(begunAt), 32);
  header.writeUInt32LE(crc32(header.subarray(0, 36)), 36);
  return header;
}

/** `damaged`: read it with the marker of its name; `foreign`: another version wrote it, keep off. */
export type HeaderOutcome = { kind: 'ours'; marker: Buffer; begunAt: number } | { kind: 'damaged' } | { kind: 'foreign'; version: number };

/** These 40 bytes keep their layout in every version, so that an older release can tell damage from a newer file. */
export function decodeSegmentHeader(bytes: Buffer): HeaderOutcome {
  if (bytes.length < SEGMENT_HEADER_BYTES || bytes.compare(MAGIC, 0, 8, 0, 8) !== 0) return { kind: 'damaged' };
  if (bytes.readUInt32LE(36) !== crc32(bytes.subarray(0, 36))) return { kind: 'damaged' };
  const version = bytes.readUInt32LE(8);
  if (version !== FORMAT_VERSION) return { kind: 'foreign', version };
  return { kind: 'ours', marker: Buffer.from(bytes.subarray(24, 24 + MARKER_BYTES)), begunAt: bytes.readUInt32LE(32) };
}
