import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Whatever events want of the processor goes first. */
const NICE = 10;

/**
 * Lowers the priority of this process, with all its threads: those that V8 collects garbage in have most of what there is to do. On
 * Linux each thread has a priority of its own, and those that start later have that of the thread which starts them.
 */
export function lowerPriority(): void {
  if (process.platform !== 'linux') return lower(process.pid);
  for (const thread of readdirSync('/proc/self/task')) lower(Number(thread));
}

function lower(thread: number): void {
  try {
    setPriority(thread, NICE);
  } catch {
    // It has ended meanwhile, or a sandbox does not allow it: then it stays as it is.
  }
}
