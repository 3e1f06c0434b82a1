/** What a text decoder makes of a byte that is none of its alphabet: U+FFFD, in UTF-8. */
const REPLACED = [0xef, 0xbf, 0xbd];

interface Mark {
  readonly coding: string;
  /** The magic number as it is after the damage. */
  readonly bytes: readonly number[];
  readonly readAs: string;
}

/** A magic number, each byte from 0x80 on written as `readAs` writes it. */
function mark(coding: string, readAs: string, ...bytes: readonly number[]): Mark {
  return { coding, readAs, bytes };
}

const MARKS: readonly Mark[] = [
  mark('gzip', 'UTF-8', 0x1f, ...REPLACED),
  mark('gzip', 'Latin-1', 0x1f, 0xc2, 0x8b),
  // 0x8b of Windows-1252 is ‹.
  mark('gzip', 'Windows-1252', 0x1f, 0xe2, 0x80, 0xb9),
  mark('gzip', 'ASCII', 0x1f, 0x3f, 0x08),
  mark('zstd', 'UTF-8', 0x28, ...REPLACED, 0x2f, ...REPLACED),
  mark('zstd', 'Latin-1', 0x28, 0xc2, 0xb5, 0x2f, 0xc3, 0xbd),
  mark('zstd', 'ASCII', 0x28, 0x3f, 0x2f, 0x3f),
];

/**
 * Why compressed data cannot be read that something on the way took for text: a proxy, a browser's network panel, a body parser. Told
 * by what their magic number has become; undefined for anything else.
 */
export function damageOf(bytes: Buffer): string | undefined {
  const found = MARKS.find((one) => one.bytes.every((byte, i) => bytes[i] === byte));
  if (found === undefined) return undefined;
  const now = [...bytes.subarray(0, found.bytes.length)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return (
    `the body is ${found.coding} that was damaged on its way: something between the sender and here, such as a proxy or a body parser, ` +
    `read its bytes as ${found.readAs} text and wrote them as UTF-8 (it begins with ${now}). Let it pass bodies on as bytes, or send ` +
    `without compression`
  );
}
