import type { Owner, VirtualTime } from '@app/testing';

export type Callback = (error: Error | null, answer?: unknown) => void;

/** A request on its way: told once how it ended. */
export interface Exchange {
  /** Works on it and answers. */
  readonly work: () => void;
  /** Works on it, and the answer is lost. */
  readonly workUnseen: () => void;
  readonly fail: (code: string) => void;
}

/** A broker's process and its connections. */
export class ModelNode {
  /** Nobody listens. */
  isDown = false;
  /** It does nothing, and its connections stand. */
  isFrozen = false;
  /** Milliseconds that each request takes, at most. */
  slowestMs = 5;
  readonly #waiting: Exchange[] = [];
  /** Requests that are neither answered nor lost. */
  readonly underWay = new Set<Exchange>();

  receive(exchange: Exchange): void {
    if (this.isFrozen) this.#waiting.push(exchange);
    else exchange.work();
  }

  thaw(): void {
    this.isFrozen = false;
    for (const exchange of this.#waiting.splice(0)) exchange.work();
  }

  /** It dies: what waits in its memory is lost with it. */
  crash(): void {
    this.isDown = true;
    this.isFrozen = false;
    this.#waiting.splice(0);
    this.cut();
  }

  /** Every connection is reset. */
  cut(): void {
    for (const exchange of [...this.underWay]) exchange.fail('ECONNRESET');
  }
}

/** Tells the first end of a request to whoever asked, if it is alive. */
export function once(callback: Callback, time: VirtualTime, owner: Owner | undefined, ended: () => void): Callback {
  let isOver = false;
  return (error, answer) => {
    if (isOver) return;
    isOver = true;
    ended();
    if (owner?.isAlive !== false) time.after(0, () => callback(error, answer), owner);
  };
}
