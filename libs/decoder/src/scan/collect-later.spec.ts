import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { collectLater } from './collect-later.js';

const MIB = 2 ** 20;
const memory = process.memoryUsage();

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('frees a large text that nobody has any more, once the heap is small enough to look through', () => {
  const external = () => process.memoryUsage().external;
  // Of this size a text stands outside of the heap.
  Buffer.alloc(64 * MIB, 'x').toString('latin1');
  const before = external();
  const heap = vi.spyOn(process, 'memoryUsage').mockReturnValue({ ...memory, heapUsed: 101 * MIB });
  collectLater();
  vi.advanceTimersByTime(20_000);
  heap.mockRestore();
  expect(before - external()).toBeLessThan(MIB);
  vi.advanceTimersByTime(5000);
  expect(before - external()).toBeGreaterThan(60 * MIB);
});
