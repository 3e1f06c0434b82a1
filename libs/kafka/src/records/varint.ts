/** Bytes of a length (0 or more) as Kafka writes it: a zigzag varint. */
export function lengthSize(length: number): number {
  if (length < 64) return 1;
  if (length < 8192) return 2;
  if (length < 1_048_576) return 3;
  if (length < 134_217_728) return 4;
  return 5;
}

/** Writes a length (0 or more) as a zigzag varint; returns the position after it. */
export function writeLength(target: Uint8Array, at: number, length: number): number {
  let rest = length * 2;
  while (rest > 0x7f) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

/** Bytes of a signed number within ±2^52, zigzag. */
export function signedSize(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a signed number within ±2^52 as a zigzag varint; returns the position after it. */
export function writeSigned(target: Uint8Array, at: number, value: number): number {
  let rest = zigzag(value);
  // Not shifts: a difference of times does not fit 32 bits.
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) target[at++] = (rest % 128) | 0x80;
  target[at++] = rest;
  return at;
}

const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2);
