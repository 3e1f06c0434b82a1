import { randomFillSync } from 'node:crypto';

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** The forms that the reference's parser takes besides: upper case, no hyphens, braces, `urn:uuid:`. */
const LENIENT = /^(?:urn:uuid:)?(\{)?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})(\})?$/;

/** Lower-case and hyphenated; undefined when it is no UUID. */
export function parseUuid(text: string): string | undefined {
  if (CANONICAL.test(text)) return text;
  const match = LENIENT.exec(text.toLowerCase());
  if (match === null || (match[1] === undefined) !== (match[7] === undefined)) return undefined;
  return match.slice(2, 7).join('-');
}

// Random bytes are drawn 4 KiB at a time: a draw costs about as much whatever its size.
const pool = Buffer.alloc(4096);
let used = pool.length;

/** A version 7 UUID whose time is `at` (Unix milliseconds, floored at the epoch), so that back-dated events sort well. */
export function uuidV7(at: number): string {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString('hex', used, used + 10);
  used += 10;
  const time = Math.max(0, at).toString(16).padStart(12, '0');
  const variant = '89ab'[Number.parseInt(random[3], 16) & 3];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(8, 20)}`;
}
