import { describe, expect, it } from 'vitest';
import { Gcra } from './gcra.js';

const MAX_KEYS = 1000;
const limits = (gcra: Gcra, key: string, times: number, now: number) => Array.from({ length: times }, () => gcra.isLimited(key, now));

describe('Gcra', () => {
  it('lets a burst pass and limits what comes beyond it', () => {
    expect(limits(new Gcra({ perSecond: 1, burst: 1 }, MAX_KEYS), 'a', 3, 0)).toEqual([false, true, true]);
    expect(limits(new Gcra({ perSecond: 1, burst: 3 }, MAX_KEYS), 'a', 5, 0)).toEqual([false, false, false, true, true]);
  });

  it('knows keys apart', () => {
    const gcra = new Gcra({ perSecond: 1, burst: 1 }, MAX_KEYS);
    expect(['a', 'b', 'a', 'b', 'c'].map((key) => gcra.isLimited(key, 0))).toEqual([false, false, true, true, false]);
  });

  it('lets pass what the rate allows, for ever, and the burst again after a rest', () => {
    const gcra = new Gcra({ perSecond: 3, burst: 2 }, MAX_KEYS);
    for (let i = 0; i < 1000; i++) expect(gcra.isLimited('a', (i * 1000) / 3)).toBe(false);
    const later = 1_000_000;
    expect(limits(gcra, 'a', 3, later)).toEqual([false, false, true]);
  });

  it('is not made worse by what it limited', () => {
    const gcra = new Gcra({ perSecond: 1, burst: 1 }, MAX_KEYS);
    limits(gcra, 'a', 100, 0);
    expect(gcra.isLimited('a', 1000)).toBe(false);
  });

  it('remembers a key that is over its rate from one generation to the next', () => {
    const gcra = new Gcra({ perSecond: 1, burst: 10 }, MAX_KEYS);
    limits(gcra, 'a', 11, 0);
    // Twice a second for ten minutes: half of it is over the rate, whenever generations turn.
    let passed = 0;
    for (let now = 500; now <= 600_000; now += 500) if (!gcra.isLimited('a', now)) passed++;
    expect(passed).toBe(600);
  });

  it('forgets keys that are silent, and never holds more than its maximum', () => {
    const gcra = new Gcra({ perSecond: 100, burst: 1000 }, MAX_KEYS);
    for (let i = 0; i < 50 * MAX_KEYS; i++) gcra.isLimited(`id-${i}`, 0);
    expect(gcra.size).toBeLessThanOrEqual(MAX_KEYS);
    expect(gcra.size).toBeGreaterThan(MAX_KEYS / 4);
    gcra.isLimited('a', 100_000);
    gcra.isLimited('a', 200_000);
    expect(gcra.size).toBeLessThanOrEqual(2);
  });
});
