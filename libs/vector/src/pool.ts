import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Kernel, shared } from './kernel.js';
import { PAYLOAD } from './memory.js';

/** Up to so many bytes the work is done in one go, some 5 ms at worst, in the memory that all share. */
export const AT_ONCE_BYTES = 2 << 20;

/** One that grew beyond it is let go: a kernel's memory never shrinks. */
const KEPT_BYTES = PAYLOAD + (8 << 20);
let idle: Kernel | undefined;

/** A kernel for a payload of so many bytes: one of its own where the work is done in pieces, between which others do theirs. */
export function takeKernel(bytes: number): Kernel {
  return bytes <= AT_ONCE_BYTES ? shared : ownKernel();
}

/** One that nobody else uses meanwhile. */
export function ownKernel(): Kernel {
  const kernel = idle ?? new Kernel();
  idle = undefined;
  return kernel;
}

/** To be called once nothing of what it holds is wanted any more. */
export function giveBack(kernel: Kernel): void {
  if (kernel === shared) return;
  if (kernel.bytes.length <= KEPT_BYTES) idle = kernel;
  else collectLater();
}

const COLLECT_AFTER_MS = 5000;
let collecting: NodeJS.Timeout | undefined;

/** Only V8's collector frees a kernel's memory, and nothing makes it run in a process that has little to do after a flood. */
function collectLater(): void {
  collecting ??= setTimeout(() => {
    collecting = undefined;
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  }, COLLECT_AFTER_MS).unref();
}
