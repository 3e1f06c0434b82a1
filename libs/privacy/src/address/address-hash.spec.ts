import { describe, expect, it } from 'vitest';
import { AddressHash } from './address-hash.js';

const DAY = Date.UTC(2026, 10, 24);
const NEXT_DAY = Date.UTC(2026, 10, 25);
const SECRET = 'a secret of sixteen';

describe('AddressHash', () => {
  it('is the same all day, in every process that has the secret', () => {
    const one = new AddressHash(SECRET).of('phc_a', '203.0.113.9', DAY);
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(new AddressHash(SECRET).of('phc_a', '203.0.113.9', NEXT_DAY - 1)).toBe(one);
  });

  it.each([
    ['day', 'phc_a', '203.0.113.9', NEXT_DAY],
    ['project', 'phc_b', '203.0.113.9', DAY],
    ['address', 'phc_a', '203.0.113.8', DAY],
  ])('is another for another %s', (_, token, ip, now) => {
    const hash = new AddressHash(SECRET);
    const one = hash.of('phc_a', '203.0.113.9', DAY);
    expect(hash.of(token, ip, now)).not.toBe(one);
    expect(hash.of('phc_a', '203.0.113.9', DAY)).toBe(one);
  });

  it('is unknown to whoever lacks the secret', () => {
    const hashes = [SECRET, 'another secret of ours', undefined, undefined].map((secret) =>
      new AddressHash(secret).of('phc_a', '203.0.113.9', DAY),
    );
    expect(new Set(hashes).size).toBe(4);
  });
});
