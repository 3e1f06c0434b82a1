/**
 * Bytes that the whole process may hold for requests under way: wire, inflated and output bytes alike, reserved as
 * they grow. It is what keeps memory bounded when brokers or clients are slow; beyond it requests are answered 503.
 */
export class ByteBudget {
  private used = 0;

  constructor(readonly limit: number) {}

  /** False when `bytes` more would pass the limit; nothing is reserved then. */
  reserve(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }

  release(bytes: number): void {
    this.used -= bytes;
  }

  get inFlight(): number {
    return this.used;
  }
}

/** What one request has reserved, given back in one go when its response is done or its socket is gone. */
export class Reservation {
  private bytes = 0;
  private isReleased = false;
  private afterwards: (() => void) | undefined;

  constructor(private readonly budget: ByteBudget) {}

  /**
   * False also once it was released: a request whose client has gone may still be inflating, and what it reserved now
   * nobody would give back.
   */
  grow(bytes: number): boolean {
    if (this.isReleased || !this.budget.reserve(bytes)) return false;
    this.bytes += bytes;
    return true;
  }

  get held(): number {
    return this.bytes;
  }

  /** `afterwards` is called once everything is given back; one is enough for now. */
  whenReleased(afterwards: () => void): void {
    if (this.isReleased) afterwards();
    else this.afterwards = afterwards;
  }

  release(): void {
    this.isReleased = true;
    this.budget.release(this.bytes);
    this.bytes = 0;
    this.afterwards?.();
    this.afterwards = undefined;
  }
}
