import { ManualClock } from '@app/testing';
import { describe, expect, it } from 'vitest';
import { DrainPace } from './drain-pace.js';

/** Pauses after 100 ms of work, a second apart each. */
function pauses(share: number, backlogs: readonly number[]): number[] {
  const clock = new ManualClock();
  const pace = new DrainPace(share, clock);
  return backlogs.map((backlog) => {
    clock.advance(1000);
    return Math.round(pace.pauseAfter(100, backlog));
  });
}

describe('DrainPace', () => {
  it('works for its share of the time while the backlog shrinks', () => {
    expect(pauses(0.5, [1000, 900, 800, 700])).toEqual([100, 100, 100, 100]);
    expect(pauses(0.25, [1000, 900])).toEqual([300, 300]);
    expect(pauses(1, [1000, 900])).toEqual([0, 0]);
  });

  it('takes more and more while the backlog does not, and returns to its share afterwards', () => {
    const growing = pauses(0.1, [1000, 1100, 1200, 1300, 1400, 1500, 1600]);
    expect(growing.slice(1)).toEqual(growing.slice(1).toSorted((a, b) => b - a));
    expect(growing.at(-1)).toBe(0);
    const shrinking = pauses(0.1, [1000, 1100, 1200, ...Array.from({ length: 60 }, (_, i) => 1000 * 0.9 ** i)]);
    expect(shrinking.at(-1)).toBe(900);
  });

  it('never pauses for longer than a second', () => {
    expect(pauses(0.01, [1000])).toEqual([1000]);
  });
});
