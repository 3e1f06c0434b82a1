import type { SeededRandom } from '@app/testing';

const SPLINTERS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  ' ',
  '\n',
  '0',
  '-',
  'e',
  '.',
  'null',
  'NaN',
  '\\u0000',
  '\\ud800',
  '\\udc00',
  '"a":1,',
  '[]',
  '{}',
  '=',
  '&',
  '%',
  '+',
  '%00',
  '\r\n',
].map((text) => Buffer.from(text));
const BYTES = [
  'eda080',
  'edb080',
  'eda0bdedb880',
  'eda080edb080',
  'efbbbf',
  'ff',
  'c3',
  'c080',
  '00',
  '1f8b08',
  'f09f9880',
  'e228',
  'ed',
  'eda0',
  'f4908080',
  '80',
  '7f',
  '1f',
].map((hex) => Buffer.from(hex, 'hex'));

/** Damages bytes as networks, proxies and hands do: flips, cuts, doublings, splinters in between. */
export function mutated(r: SeededRandom, bytes: Buffer, times: number): Buffer {
  return times === 0 ? bytes : mutated(r, damaged(r, bytes), times - 1);
}

function damaged(r: SeededRandom, bytes: Buffer): Buffer {
  const at = r.int(bytes.length + 1);
  const some = r.int(Math.min(40, bytes.length - at + 1));
  switch (r.int(7)) {
    case 0:
      return flipped(r, bytes, at);
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + some)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at + some), bytes.subarray(at)]);
    case 4:
      return spliced(bytes, at, r.pick(BYTES));
    case 5:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    default:
      return spliced(bytes, at, r.pick(SPLINTERS));
  }
}

function flipped(r: SeededRandom, bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] ^= 1 << r.int(8);
  return copy;
}

function spliced(bytes: Buffer, at: number, splinter: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), splinter, bytes.subarray(at)]);
}
