/**
 * Work that runs through at once for nearly every request and waits now and then for large ones: what it yields is waited for
 * before it goes on. One function serves both, and a small request costs no promise.
 */
export type Steps<T> = Generator<Promise<unknown> | undefined, T, unknown>;

/** Runs the steps. @returns a promise only if one of them has to be waited for */
export function runSteps<T>(steps: Steps<T>): T | Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (value !== undefined) return goOn(steps, value);
  }
}

async function goOn<T>(steps: Steps<T>, first: Promise<unknown>): Promise<T> {
  for (let waiting: Promise<unknown> | undefined = first; ;) {
    let step: IteratorResult<Promise<unknown> | undefined, T>;
    try {
      step = steps.next(await waiting);
    } catch (error) {
      // Twice the same from a generator that has ended; else it may mend, or clean up.
      step = steps.throw(error);
    }
    if (step.done === true) return step.value;
    waiting = step.value;
  }
}

/** Waits within steps. */
export function* waitFor<T>(promise: Promise<T>): Steps<T> {
  return (yield promise) as T;
}

/** Runs steps that have nothing to wait for. */
export function runAtOnce<T>(steps: Steps<T>): T {
  const result = runSteps(steps);
  if (result instanceof Promise) throw new Error('there is something to wait for');
  return result;
}
