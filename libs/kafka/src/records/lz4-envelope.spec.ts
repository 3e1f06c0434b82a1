import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lz4Envelope } from './lz4-envelope.js';

/** By the block format's definition, byte for byte: nothing that our own code or its library knows. */
function decoded(envelope: Buffer): Buffer {
  const out = Buffer.alloc(envelope.readUInt32LE(0));
  let to = 0;
  let at = 4;
  const lengthOf = (half: number) => {
    let length = half;
    if (half !== 15) return length;
    for (;;) {
      const byte = envelope[at++];
      length += byte;
      if (byte !== 255) return length;
    }
  };
  while (at < envelope.length) {
    const token = envelope[at++];
    for (let left = lengthOf(token >> 4); left > 0; left--) out[to++] = envelope[at++];
    if (at === envelope.length) break;
    const back = envelope.readUInt16LE(at);
    at += 2;
    if (back === 0 || back > to) throw new Error(`a match ${back} bytes back, of ${to}`);
    for (let left = lengthOf(token & 15) + 4; left > 0; left--, to++) out[to] = out[to - back];
  }
  if (to !== out.length || at !== envelope.length) throw new Error(`${to} of ${out.length} bytes, from ${at} of ${envelope.length}`);
  return out;
}

const text = (length: number) => Buffer.from('{"type":3,"data":{"x":"é😀"}},'.repeat(Math.ceil(length / 30))).subarray(0, length);

describe('lz4Envelope', () => {
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a byte', Buffer.from('x')],
    ['fifteen bytes', text(15)],
    ['a text', text(5000)],
    ['a text of many blocks of the library', text(3_000_000)],
    ['blanks', Buffer.alloc(1_000_000, ' ')],
    ['noise', randomBytes(300_000)],
    ['text, noise, and the text again', Buffer.concat([text(200_000), randomBytes(300_000), text(200_000)])],
    ['noise, then text', Buffer.concat([randomBytes(100_001), text(100_000)])],
  ])('is a size and one block of %s', (_, value) => {
    const envelope = lz4Envelope(value);
    expect(envelope.readUInt32LE(0)).toBe(value.length);
    expect(decoded(envelope).equals(value)).toBe(true);
    expect(envelope.length).toBeLessThanOrEqual(value.length + value.length / 250 + 24);
  });

  it('is so for any pieces of text and noise', () => {
    const piece = fc.oneof(
      fc.nat(200_000).map((length) => text(length)),
      fc.nat(100_000).map((length) => randomBytes(length)),
      fc.uint8Array({ maxLength: 40 }).map(Buffer.from),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const value = Buffer.concat(pieces);
        expect(decoded(lz4Envelope(value)).equals(value)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
