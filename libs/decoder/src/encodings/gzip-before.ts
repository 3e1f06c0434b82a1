import { crc32, inflateRawSync } from 'node:zlib';
import { CaptureError, type Steps } from '@app/event';
import { inPieces } from '../pieces.js';
import { claimedSize, isGzip, MAX_RATIO, SYNC_INFLATE_BYTES, SYNC_INFLATED_BYTES } from './gzip-head.js';
import { inflateAside, type InflateLimits } from './inflate-aside.js';
import { invalidText, tooBig } from './inflation.js';

/** Clients that send several write each with a library that leaves nothing behind them. */
const MOST_MEMBERS = 16;

/**
 * Whether something must stand behind the gzip: its last bytes claim more than its bytes can become, or more than is taken. Where they
 * do so rightly it is refused either way.
 */
export function claimsTooMuch(bytes: Buffer, { maxBytes }: InflateLimits): boolean {
  return claimedSize(bytes) > Math.min(bytes.length * MAX_RATIO, maxBytes);
}

/**
 * What is in gzip that has something else behind it: a line feed, the rest of a form. zlib takes that for another member, a broken one,
 * and gives nothing. Here each member is inflated for itself, and its checksum looked for.
 *
 * @throws CaptureError as `gunzip`
 */
export function* gunzipBefore(bytes: Buffer, limits: InflateLimits): Steps<Buffer> {
  const members: Buffer[] = [];
  let length = 0;
  for (let rest = bytes; isGzip(rest);) {
    if (length > 0) yield limits.turn();
    if (members.length === MOST_MEMBERS) throw invalid(`: more than ${MOST_MEMBERS} members, and something else behind them`);
    const data = rest.subarray(headBytes(rest));
    const { plain, end } = yield* inflate(data, length, limits);
    members.push(plain);
    length += plain.length;
    rest = data.subarray(yield* endOf(data, { plain, end }, limits));
  }
  if (members.length === 0) throw invalid();
  if (members.length === 1) return members[0];
  const refusal = limits.reserve(length);
  if (refusal) throw refusal;
  return Buffer.concat(members, length);
}

interface Member {
  readonly plain: Buffer;
  /** Where its compressed data end; undefined for a large one, where it is looked for. */
  readonly end: number | undefined;
}

/** @param before so much is inflated already */
function* inflate(data: Buffer, before: number, limits: InflateLimits): Steps<Member> {
  const maxBytes = limits.maxBytes - before;
  const inflated = data.length > SYNC_INFLATE_BYTES ? undefined : inflateNow(data, maxBytes, limits);
  if (inflated !== undefined) return inflated;
  try {
    return { plain: yield* inflateAside(data, 'deflate-raw', { ...limits, maxBytes }), end: undefined };
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    if (error.code === 'payload_too_big') throw tooBig(limits.maxBytes, limits.variable);
    throw error.detail === invalidText('deflate-raw') ? invalid() : error;
  }
}

/** With `info`, which Node's types do not know. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Undefined when it is more than is inflated at once. */
function inflateNow(data: Buffer, maxBytes: number, { maxBytes: limit, variable, reserve, release }: InflateLimits): Member | undefined {
  const most = Math.max(1, Math.min(maxBytes, SYNC_INFLATED_BYTES, data.length * MAX_RATIO));
  const refusal = reserve(most);
  if (refusal) throw refusal;
  try {
    const { buffer: plain, engine } = inflateRawSync(data, { maxOutputLength: most, info: true }) as unknown as Inflated;
    release(most - plain.length);
    return { plain, end: engine.bytesWritten };
  } catch (error) {
    release(most);
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw invalid();
    if (maxBytes <= most) throw tooBig(limit, variable);
    return undefined;
  }
}

const FIXED_BYTES = 10;
const HAS_CHECKSUM = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/** RFC 1952 2.3: what is optional, too. */
function headBytes(bytes: Buffer): number {
  if (bytes.length < FIXED_BYTES) throw invalid();
  const flags = bytes[3];
  let at = FIXED_BYTES;
  if ((flags & HAS_EXTRA) !== 0) at += 2 + (at + 2 <= bytes.length ? bytes.readUInt16LE(at) : 0);
  for (const flag of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) throw invalid();
    at = end + 1;
  }
  return at + ((flags & HAS_CHECKSUM) === 0 ? 0 : 2);
}

const TRAILER_BYTES = 8;

/** Where the member ends whose data are these: behind the checksum and the size of what they became. */
function* endOf(data: Buffer, { plain, end }: Member, { turn }: InflateLimits): Steps<number> {
  let checksum = 0;
  yield* inPieces(plain.length, turn, (from, to) => void (checksum = crc32(plain.subarray(from, to), checksum)));
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(checksum);
  trailer.writeUInt32LE(plain.length % 2 ** 32, TRAILER_BYTES / 2);
  const at = data.indexOf(trailer, end);
  if (at < 0 || (end !== undefined && at > end)) throw invalid();
  return at + TRAILER_BYTES;
}

function invalid(more = ''): CaptureError {
  return new CaptureError('undecodable', `invalid GZIP data${more}`);
}
