/**
 * Above these many compressed or inflated bytes inflation leaves the event loop, which honest ones would hold for 2 ms and more, and
 * blocks that bring a table each for 15.
 */
export const SYNC_INFLATE_BYTES = 128 * 1024;
export const SYNC_INFLATED_BYTES = 1024 * 1024;

/** What deflate makes of one byte at most. */
export const MAX_RATIO = 1032;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}

/**
 * What the trailer claims the inflated size to be, modulo 2^32. A first guess, never trusted: output beyond the cap
 * stops the inflation whatever it says.
 */
export function claimedSize(bytes: Buffer): number {
  return bytes.length >= 18 ? bytes.readUInt32LE(bytes.length - 4) : 0;
}

/** How large a body is once inflated, as far as can be told beforehand; never less than it is now. */
export function presumedSize(bytes: Buffer): number {
  return isGzip(bytes) ? Math.max(bytes.length, Math.min(claimedSize(bytes), bytes.length * MAX_RATIO)) : bytes.length;
}
