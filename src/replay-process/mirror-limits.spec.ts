import { SharedLimits } from '@app/event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeLimits, mirrorLimits, type LimitsMirror } from './mirror-limits.js';

let limits: SharedLimits;
let said: number[][];
let mirror: LimitsMirror;

function open(beatMs?: number): void {
  mirror = mirrorLimits(limits, (own) => said.push([...decodeLimits(own)]), beatMs);
}

beforeEach(() => {
  vi.useFakeTimers();
  [limits, said] = [new SharedLimits(), []];
});
afterEach(() => {
  mirror.stop();
  vi.useRealTimers();
});

describe('mirrorLimits', () => {
  it('says what has changed, at once or a little later', () => {
    open();
    limits.of('queue').tell(7);
    mirror.sync();
    mirror.sync();
    limits.of('spool').tell(2 ** 40 + 1);
    vi.advanceTimersByTime(50);
    vi.advanceTimersByTime(5000);
    expect(said).toEqual([
      [0, 0, 7, 0],
      [0, 0, 7, 2 ** 40 + 1],
    ]);
  });

  it('says it again and again where its word is waited for', () => {
    open(500);
    vi.advanceTimersByTime(2000);
    expect(said.length).toBeGreaterThanOrEqual(3);
  });
});
