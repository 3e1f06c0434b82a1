import { isUtf8 } from 'node:buffer';

/**
 * The bytes as valid UTF-8 without a byte order mark, or undefined. Old posthog-js writes CESU-8 (a surrogate pair
 * as two times three bytes): pairs become the character they mean, lone halves U+FFFD.
 */
export function toUtf8(bytes: Buffer): Buffer | undefined {
  const body = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  if (isUtf8(body)) return body;
  const restored = restoreSurrogates(body);
  return isUtf8(restored) ? restored : undefined;
}

function restoreSurrogates(bytes: Buffer): Buffer {
  const result = Buffer.from(bytes);
  let to = 0;
  for (let from = 0; from < bytes.length;) {
    const unit = surrogateAt(bytes, from);
    if (unit === 0) {
      result[to++] = bytes[from++];
      continue;
    }
    from += 3;
    const low = unit < 0xdc00 ? surrogateAt(bytes, from) : 0;
    if (low >= 0xdc00) {
      from += 3;
      to += result.write(String.fromCharCode(unit, low), to);
    } else {
      to += result.write('\ufffd', to);
    }
  }
  return result.subarray(0, to);
}

/** The surrogate that three bytes at `at` encode, or 0. */
function surrogateAt(bytes: Buffer, at: number): number {
  // Also what is cut off at the end: a surrogate's first byte alone is no surrogate.
  if (at + 2 >= bytes.length || bytes[at] !== 0xed) return 0;
  if (bytes[at + 1] < 0xa0 || bytes[at + 1] > 0xbf || bytes[at + 2] < 0x80 || bytes[at + 2] > 0xbf) return 0;
  return 0xd000 | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f);
}
