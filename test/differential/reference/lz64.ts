import lz from 'lz-string';
import { Refusal } from './refusal.js';

/** The library's own core, which its types leave out. */
const { _decompress } = lz as unknown as { _decompress(length: number, top: number, digitAt: (index: number) => number): string | null };

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * What the library reads, with two faults of its own seen for what they are: it takes bits from beyond the end for
 * zeros, and it answers nonsense to a first code that no encoder writes.
 *
 * @throws Refusal `undecodable`, `payload_too_big`
 */
export function lz64Text(bytes: Buffer, maxUnits: number): string {
  const digits = Array.from(bytes.toString('latin1').replaceAll(' ', '+'), (char) => Math.max(0, ALPHABET.indexOf(char)));
  const firstCode = digits[0] >> 4;
  // Two bits, the lower one first: `01` says that nothing follows.
  if (firstCode === 0b01) return '';
  if (firstCode === 0b11) throw new Refusal('undecodable');
  const text = decompress(digits, 0);
  // A text that hangs on what lies beyond the end was cut off.
  if (!text || text !== decompress(digits, 63)) throw new Refusal('undecodable');
  if (text.length > maxUnits) throw new Refusal('payload_too_big');
  return text.toWellFormed();
}

function decompress(digits: readonly number[], beyond: number): string | null {
  try {
    return _decompress(digits.length, 32, (index) => digits[index] ?? beyond);
  } catch {
    return null;
  }
}
