import { describe, expect, it } from 'vitest';
import { SharedLimits } from './shared-limits.js';

describe('SharedLimits', () => {
  it('tells each of two processes what the other one holds, limit by limit', () => {
    const [first, second] = [new SharedLimits(), new SharedLimits()];
    first.of('queue').tell(10);
    second.of('queue').tell(2 ** 40 + 1);
    second.of('spool').tell(7);
    second.hear(first.own);
    first.hear(second.own);
    expect([second.of('queue').others, second.of('spool').others, second.of('inFlight').others]).toEqual([10, 0, 0]);
    expect([first.of('queue').others, first.of('spool').others]).toEqual([2 ** 40 + 1, 7]);
  });

  it('keeps what was said last until more is said', () => {
    const [first, second] = [new SharedLimits(), new SharedLimits()];
    second.of('spool').tell(7);
    first.hear(second.own);
    second.of('spool').tell(8);
    expect(first.of('spool').others).toBe(7);
  });

  it('forgets what a dead process held, and nothing of its own', () => {
    const [first, second] = [new SharedLimits(), new SharedLimits()];
    for (const limits of [first, second]) limits.of('replayInFlight').tell(5);
    first.hear(second.own);
    first.forgetOthers();
    expect([first.of('replayInFlight').others, [...first.own]]).toEqual([0, [0, 5, 0, 0]]);
  });
});
