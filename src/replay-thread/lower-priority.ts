import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Whatever events want of the processor goes first. */
const NICE = 10;
/** Node's name for the threads that V8 collects garbage and compiles in, for all isolates of the process alike. */
const V8_WORKER = 'node-V8Worker';
/** For `setPriority`: the one that calls. */
const THIS_THREAD = 0;

/**
 * Lowers the priority of the thread of recordings, which calls, and of V8's helpers, for which its garbage is most of what there is
 * to do then: at their own they take the processor from the thread that serves. Only on Linux has each thread a priority of its own.
 */
export function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  lower(THIS_THREAD);
  for (const thread of readdirSync('/proc/self/task')) if (nameOf(thread) === V8_WORKER) lower(Number(thread));
}

function lower(thread: number): void {
  try {
    setPriority(thread, NICE);
  } catch {
    // It has ended meanwhile, or a sandbox does not allow it: then it stays as it is.
  }
}

function nameOf(thread: string): string | undefined {
  try {
    return readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
