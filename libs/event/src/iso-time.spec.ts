import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from './iso-time.js';

describe('isoTime', () => {
  it('writes what Date writes, for every millisecond of the years 0 to 9999', () => {
    const time = fc.integer({ min: -62_167_219_200_000, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) });
    fc.assert(
      fc.property(time, (at) => isoTime(at) === new Date(at).toISOString()),
      { numRuns: 2000 },
    );
  });

  it.each([0, -1, 86_399_999, 86_400_000, -86_400_000])('is right at the edges of a day: %i', (at) => {
    expect(isoTime(at)).toBe(new Date(at).toISOString());
  });
});
