import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RepeatedLine } from './repeated-line.js';

describe('RepeatedLine', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('lets the first line through, and one an interval after it with all that happened since', () => {
    const line = new RepeatedLine(60_000);
    expect([line.add(), line.add(), line.add(3)]).toEqual([1, 0, 0]);
    vi.advanceTimersByTime(59_999);
    expect(line.add()).toBe(0);
    vi.advanceTimersByTime(1);
    expect([line.add(), line.add()]).toEqual([6, 0]);
    vi.advanceTimersByTime(60_000);
    expect(line.add(2)).toBe(3);
  });
});
