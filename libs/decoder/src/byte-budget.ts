import { CaptureError, type SharedTally } from '@app/event';

/** Takes bytes from the process's budget before they are allocated; returns the refusal when it can't. */
export type Reserve = (bytes: number) => CaptureError | undefined;

/**
 * Bytes that the whole process may hold for requests under way: wire, inflated and output bytes alike, reserved as
 * they grow. It is what keeps memory bounded when brokers or clients are slow; beyond it requests are answered 503.
 */
export class ByteBudget {
  private used = 0;

  constructor(
    readonly limit: number,
    /** The variable that sets it, for the refusal. */
    readonly variable = 'MAX_IN_FLIGHT_BYTES',
    /** What this one is a share of: its bytes count there as well. */
    private readonly whole?: ByteBudget,
    /** What another process holds of the same limit. */
    private readonly tally?: SharedTally,
  ) {}

  hasRoom(bytes: number): boolean {
    return this.used + (this.tally?.others ?? 0) + bytes <= this.limit && this.whole?.hasRoom(bytes) !== false;
  }

  /** False when `bytes` more would pass the limit; nothing is reserved then. */
  reserve(bytes: number): boolean {
    if (!this.hasRoom(bytes)) return false;
    this.add(bytes);
    return true;
  }

  release(bytes: number): void {
    this.add(-bytes);
  }

  private add(bytes: number): void {
    this.used += bytes;
    this.tally?.tell(this.used);
    this.whole?.add(bytes);
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
   * Undefined when the bytes are reserved; else why not: `transient` when others hold too much, `payload_too_big` when the
   * request alone would need more than there is, so that nobody sends it again for ever. Also once it was released: a
   * request whose client has gone may still be inflating, and what it reserved now nobody would give back.
   */
  grow(bytes: number): CaptureError | undefined {
    const { limit, variable } = this.budget;
    if (this.bytes + bytes > limit) {
      const detail = `request needs more than the ${limit} bytes that all requests of its kind may hold together (${variable})`;
      return new CaptureError('payload_too_big', detail);
    }
    if (this.isReleased || !this.budget.reserve(bytes)) return new CaptureError('transient', 'too many bytes in flight');
    this.bytes += bytes;
    return undefined;
  }

  /** Some of it is not held any more. */
  shrink(bytes: number): void {
    const less = Math.min(bytes, this.bytes);
    this.budget.release(less);
    this.bytes -= less;
  }

  /** Whether others hold so much that `bytes` more cannot be reserved now, but could later. */
  lacks(bytes: number): boolean {
    return !this.isReleased && this.bytes + bytes <= this.budget.limit && !this.budget.hasRoom(bytes);
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
