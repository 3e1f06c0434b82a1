import { describe, expect, it } from 'vitest';
import { SharedLimits } from './shared-limits.js';

describe('SharedLimits', () => {
  it('tells each of two threads what the other one holds, limit by limit', () => {
    const first = new SharedLimits();
    const second = new SharedLimits(first.cells, 1);
    first.of('queue').tell(10);
    second.of('queue').tell(2 ** 40 + 1);
    second.of('spool').tell(7);
    expect([second.of('queue').others, second.of('spool').others, second.of('inFlight').others]).toEqual([10, 0, 0]);
    expect([first.of('queue').others, first.of('spool').others]).toEqual([2 ** 40 + 1, 7]);
  });

  it('forgets what a dead thread held, and nothing of its own', () => {
    const first = new SharedLimits();
    const second = new SharedLimits(first.cells, 1);
    for (const limits of [first, second]) limits.of('replayInFlight').tell(5);
    first.forgetOthers();
    expect([first.of('replayInFlight').others, second.of('replayInFlight').others]).toEqual([0, 5]);
  });
});
