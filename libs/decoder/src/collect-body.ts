import type { IncomingMessage } from 'node:http';
import { CaptureError } from '@app/event';
import type { Reservation } from './byte-budget.js';

export interface CollectLimits {
  readonly maxBytes: number;
  /** The variable that sets it, for the refusal. */
  readonly variable: string;
  /** The longest gap between two chunks, milliseconds. */
  readonly stallMs: number;
}

/**
 * Reads a body under its limit. An oversized one is read on and thrown away, up to once more the limit, so that the
 * client sees the 413 instead of a reset (which it would take for a network error and resend for ever) and can use
 * the connection again; past that the connection is closed.
 *
 * @throws CaptureError `payload_too_big`, `body_stalled`, `body_read`, `transient` when the budget is spent
 */
export function collectBody(stream: IncomingMessage, limits: CollectLimits, reservation: Reservation): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const announced = Number(stream.headers['content-length'] ?? 0);
    const body = new GrowingBody(announced <= limits.maxBytes ? announced : 0);
    let length = 0;
    let refusal: CaptureError | undefined;

    const finish = (error: CaptureError | undefined) => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
      if (error) reject(error);
      else resolve(body.finish());
    };
    const onData = (chunk: Buffer) => {
      timer.refresh();
      length += chunk.length;
      refusal ??= check(chunk.length);
      if (refusal === undefined) body.add(chunk);
      else if (length > 2 * limits.maxBytes) finish(refusal);
      else body.clear();
    };
    const check = (more: number) => {
      if (length > limits.maxBytes) return tooBig(length, limits, stream);
      return reservation.grow(more);
    };
    const onEnd = () => finish(refusal);
    const onError = () => finish(refusal ?? new CaptureError('body_read', 'connection closed before the body was complete'));
    const onStall = () => {
      // A loop that was busy is our slowness, not the client's: give what has arrived meanwhile a turn first.
      const before = length;
      setImmediate(() => {
        if (length === before && !stream.readableEnded)
          finish(refusal ?? new CaptureError('body_stalled', `no data for ${limits.stallMs} ms`));
      });
    };

    const timer = setTimeout(onStall, limits.stallMs);
    timer.unref();
    stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onError);
  });
}

function tooBig(seen: number, { maxBytes, variable }: CollectLimits, stream: IncomingMessage): CaptureError {
  const size = stream.headers['content-length'] ?? `more than ${seen}`;
  return new CaptureError('payload_too_big', `body of ${size} bytes exceeds the limit of ${maxBytes} bytes (${variable})`);
}

/** Below it putting the chunks together at the end is cheap enough. */
const LARGE_BYTES = 1024 * 1024;

/**
 * The chunks of a body. A large one gets its whole room when a quarter of it is there, so that putting together 25 MB does not
 * hold the event loop for 20 ms at the end; not before, or a header alone could make us allocate.
 */
class GrowingBody {
  private chunks: Buffer[] = [];
  private whole: Buffer | undefined;
  private length = 0;

  constructor(
    /** As the client says; it may be wrong or 0. */
    private readonly announced: number,
  ) {}

  add(chunk: Buffer): void {
    const { announced } = this;
    const length = this.length + chunk.length;
    if (length > announced) this.goBack();
    else if (this.whole === undefined && announced > LARGE_BYTES && length * 4 >= announced) this.makeRoom();
    if (this.whole === undefined) this.chunks.push(chunk);
    else chunk.copy(this.whole, this.length);
    this.length = length;
  }

  clear(): void {
    this.chunks = [];
    this.whole = undefined;
  }

  finish(): Buffer {
    if (this.whole !== undefined) return this.whole.subarray(0, this.length);
    return this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
  }

  /** It is longer than was said. */
  private goBack(): void {
    if (this.whole !== undefined) this.chunks = [this.whole.subarray(0, this.length)];
    this.whole = undefined;
  }

  private makeRoom(): void {
    const whole = Buffer.allocUnsafeSlow(this.announced);
    let at = 0;
    for (const chunk of this.chunks) at += chunk.copy(whole, at);
    this.whole = whole;
    this.chunks = [];
  }
}
