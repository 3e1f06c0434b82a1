import { Kernel, shared } from './kernel.js';

/** Up to so many bytes the work is done in one go, some 5 ms at worst, in the memory that all share. */
export const AT_ONCE_BYTES = 2 << 20;

/**
 * Kernels for work that is done in pieces, between which others do theirs. A kernel's memory never shrinks, and nothing but V8's
 * collector would free it, when it likes: so there are a few that are kept and used again. More would be no faster: it is one
 * thread that computes.
 */
const MOST = 4;

const idle: Kernel[] = [];
const waiting: ((kernel: Kernel) => void)[] = [];
let made = 0;

/**
 * Does something with a kernel that nobody else uses until it is given back; later, in order of asking, while all are in use.
 *
 * @throws RangeError when there is no memory
 */
export function withOwnKernel<T>(begin: (kernel: Kernel) => T): T | Promise<T> {
  const kernel = takeKernel();
  return kernel instanceof Promise ? kernel.then((one) => beginWith(one, begin)) : beginWith(kernel, begin);
}

/** To be called once nothing of what it holds is wanted any more. */
export function giveBack(kernel: Kernel): void {
  kernel.close();
  if (kernel === shared) return;
  const next = waiting.shift();
  if (next === undefined) idle.push(kernel);
  else next(kernel);
}

function takeKernel(): Kernel | Promise<Kernel> {
  const kernel = idle.pop();
  if (kernel !== undefined) return kernel;
  if (made === MOST) return new Promise((resolve) => waiting.push(resolve));
  const another = new Kernel();
  made++;
  return another;
}

function beginWith<T>(kernel: Kernel, begin: (kernel: Kernel) => T): T {
  try {
    return begin(kernel);
  } catch (error) {
    giveBack(kernel);
    throw error;
  }
}
