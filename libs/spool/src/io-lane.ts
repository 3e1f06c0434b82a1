/** An operation that takes longer is said to hang. */
export const HANG_MS = 5000;

interface Operation {
  readonly what: string;
  readonly path: string;
  readonly startedAt: number;
}

/**
 * Lets one operation of the disk run at a time. Node has four threads for files, DNS and compression together: a disk that hangs
 * would keep all of them, and with them requests that have nothing to do with it.
 */
export class IoLane {
  #current: Operation | undefined;
  readonly #waiting: (() => void)[] = [];

  /** In the order of the calls. @param what for the operator, such as `fdatasync` */
  async run<T>(what: string, path: string, work: () => Promise<T>): Promise<T> {
    if (this.#current !== undefined) await new Promise<void>((start) => this.#waiting.push(start));
    this.#current = { what, path, startedAt: performance.now() };
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** The next one begins in this very moment, or another caller would come between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#current = undefined;
    else next();
  }

  /** Why nothing goes on in this lane; undefined as long as the disk answers. */
  hang(now = performance.now()): string | undefined {
    if (this.#current === undefined) return undefined;
    const { what, path, startedAt } = this.#current;
    if (now - startedAt < HANG_MS) return undefined;
    return `the disk does not answer: ${what} of ${path} has not returned for ${Math.floor((now - startedAt) / 1000)} s`;
  }
}

/**
 * Two threads at most are with the disk. What somebody waits for (writing, opening) does not stand behind what can wait (reading
 * what is stored, which may be gigabytes): a page that the disk does not give back holds up only those who read.
 */
export const FOREGROUND = new IoLane();
export const BACKGROUND = new IoLane();
