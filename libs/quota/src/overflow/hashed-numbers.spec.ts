import { describe, expect, it } from 'vitest';
import { hashOf, HashedNumbers } from './hashed-numbers.js';

describe('HashedNumbers', () => {
  it('holds as many numbers as it was made for, each under its key', () => {
    const numbers = new HashedNumbers(5000);
    for (let i = 0; i < 5000; i++) expect(numbers.set(hashOf(`key ${i}`), i)).toBe(true);
    for (let i = 0; i < 5000; i++) expect(numbers.get(hashOf(`key ${i}`))).toBe(i);
    expect(numbers.get(hashOf('another'))).toBeUndefined();
    expect(numbers.size).toBe(5000);
  });

  it('takes no new key when it is full, but still news of those it has', () => {
    const numbers = new HashedNumbers(2);
    numbers.set(hashOf('a'), 1);
    numbers.set(hashOf('b'), 2);
    expect(numbers.set(hashOf('c'), 3)).toBe(false);
    expect(numbers.set(hashOf('a'), 4)).toBe(true);
    expect([numbers.get(hashOf('a')), numbers.get(hashOf('c')), numbers.size]).toEqual([4, undefined, 2]);
  });

  it('hashes ids that differ in one character apart', () => {
    const hashes = new Set<number>();
    for (let i = 0; i < 200_000; i++) hashes.add(hashOf(`phc_token:user-${i}`));
    expect(hashes.size).toBe(200_000);
    for (const hash of hashes) expect(Number.isSafeInteger(hash) && hash > 0).toBe(true);
  });
});
