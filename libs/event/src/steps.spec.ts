import { describe, expect, it } from 'vitest';
import { runAtOnce, runSteps, waitFor, type Steps } from './steps.js';

function* doubled(waits: readonly (Promise<number> | undefined)[]): Steps<number> {
  let sum = 0;
  for (const wait of waits) {
    if (wait === undefined) yield undefined;
    else sum += 2 * (yield* waitFor(wait));
  }
  return sum;
}

describe('steps', () => {
  it('run through at once when there is nothing to wait for', () => {
    expect(runSteps(doubled([undefined, undefined]))).toBe(0);
    expect(runAtOnce(doubled([undefined]))).toBe(0);
  });

  it('wait for what they yield, and get what it gives', async () => {
    const result = runSteps(doubled([undefined, Promise.resolve(1), undefined, Promise.resolve(20)]));
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(42);
  });

  it('have a failure thrown where they wait, and clean up', async () => {
    let isClean = false;
    function* work(): Steps<string> {
      try {
        yield Promise.reject(new Error('gone'));
        return 'never';
      } finally {
        isClean = true;
      }
    }
    await expect(Promise.resolve(runSteps(work()))).rejects.toThrow('gone');
    expect(isClean).toBe(true);
  });

  it('are not run at once when they would wait', () => {
    expect(() => runAtOnce(doubled([Promise.resolve(1)]))).toThrow('there is something to wait for');
  });
});
