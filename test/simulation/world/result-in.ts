import type { VirtualTime } from '@app/testing';

/** What a promise comes to while time passes, at most `limitMs` of it; undefined if that is not enough. Ends as soon as it has come. */
export async function resultIn<T>(time: VirtualTime, limitMs: number, promise: Promise<T>): Promise<T | undefined> {
  const results: T[] = [];
  void promise.then((result) => results.push(result));
  await time.pass(limitMs, () => results.length > 0);
  return results[0];
}
