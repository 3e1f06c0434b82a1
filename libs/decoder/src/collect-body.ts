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
    const chunks: Buffer[] = [];
    let length = 0;
    let refusal: CaptureError | undefined;

    const finish = (error: CaptureError | undefined) => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
      if (error) reject(error);
      else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    };
    const onData = (chunk: Buffer) => {
      timer.refresh();
      length += chunk.length;
      refusal ??= check(chunk.length);
      if (refusal === undefined) chunks.push(chunk);
      else if (length > 2 * limits.maxBytes) finish(refusal);
      else chunks.length = 0;
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
