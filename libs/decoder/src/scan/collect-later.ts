import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const COLLECT_AFTER_MS = 5000;
let collecting: NodeJS.Timeout | undefined;

/**
 * Of a large payload only its text is not ours to give back: V8's collector alone frees it, and nothing makes it run in a process that has
 * little to do after a flood.
 */
export function collectLater(): void {
  collecting ??= setTimeout(() => {
    collecting = undefined;
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  }, COLLECT_AFTER_MS).unref();
}
