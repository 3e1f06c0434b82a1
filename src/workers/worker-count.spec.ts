import { describe, expect, it } from 'vitest';
import { workerCount } from './worker-count.js';

describe('workerCount', () => {
  it.each([
    ['1', 'kafka', 1],
    ['3', 'kafka', 3],
    ['auto', 'kafka', 8],
    ['auto', 'embedded', 1],
  ] as const)('of WORKERS=%s with OUTPUT=%s on eight cores is %i', (workers, output, count) => {
    expect(workerCount({ workers, output }, 8)).toBe(count);
  });
});
