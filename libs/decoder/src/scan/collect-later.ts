import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const COLLECT_AFTER_MS = 5000;
/** A heap that holds more takes longer than a turn may; and V8 looks through it by itself sooner. */
const MOST_HEAP_BYTES = 100 * 2 ** 20;
let collecting: NodeJS.Timeout | undefined;

/**
 * Of a large payload only its text is not ours to give back: V8's collector alone frees it, and nothing makes it run in a process that has
 * little to do after a flood.
 */
export function collectLater(): void {
  collecting ??= setTimeout(() => {
    collecting = undefined;
    // A flood's objects may be in it still: later it may hold less.
    if (process.memoryUsage().heapUsed > MOST_HEAP_BYTES) return collectLater();
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  }, COLLECT_AFTER_MS).unref();
}
