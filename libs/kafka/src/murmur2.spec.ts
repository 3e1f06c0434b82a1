import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { murmur2, murmur2OfText, partitionOf } from './murmur2.js';

const kafkajsMurmur2 = createRequire(import.meta.url)('kafkajs/src/producer/partitioners/default/murmur2.js') as (key: Buffer) => number;

// From Apache Kafka's own UtilsTest.testMurmur2.
const JAVA = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
] as const;

describe('murmur2', () => {
  it.each(JAVA)('hashes %s as Java does', (text, hash) => {
    expect(murmur2OfText(text)).toBe(hash);
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it('agrees with another implementation on every length and on text beyond ASCII', () => {
    for (const text of [
      '',
      'é',
      'naïve:user',
      '日本語-キー',
      '😀:😀',
      'x'.repeat(201),
      ...Array.from({ length: 40 }, (_, n) => 'k'.repeat(n)),
    ]) {
      expect(murmur2OfText(text)).toBe(kafkajsMurmur2(Buffer.from(text)));
    }
  });

  it('clears the sign as Java does, instead of taking the absolute value', () => {
    expect(partitionOf('21', 12)).toBe((-973932308 & 0x7fffffff) % 12);
    expect(partitionOf('21', 12)).not.toBe(973932308 % 12);
  });
});
