import { expect, it } from 'vitest';
import { BlockedWindows, WINDOWS } from './blocked-windows.js';

const after = (...worst: number[]) => {
  const windows = new BlockedWindows(1000);
  for (const ms of worst) windows.ended(ms);
  return windows.isBlocked;
};
const bad = (count: number) => Array<number>(count).fill(1001);

it('is blocked by long turns in each window of a row', () => {
  expect(after(...bad(WINDOWS))).toBe(true);
});

it.each([
  ['nothing yet', []],
  ['a row that is too short', bad(WINDOWS - 1)],
  ['one window without a long turn', [...bad(WINDOWS - 1), 1000, ...bad(WINDOWS - 1)]],
  ['an hour in which the process was stopped', [3_600_000]],
  ['a loop that turns again', [...bad(50), 20]],
])('is not for %s', (_name, worst) => {
  expect(after(...worst)).toBe(false);
});
