import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { TinyChunks } from '@app/connections';
import { CaptureError } from '@app/event';
import type { Reservation } from './byte-budget.js';
import { GrowingBody } from './growing-body.js';
import { isFromSocket } from './let-go.js';
import { pauseReading } from './pause-reading.js';
import { SmallChunks } from './small-chunks.js';

export interface CollectLimits {
  readonly maxBytes: number;
  /** The variable that sets it, for the refusal. */
  readonly variable: string;
  /** The longest gap between two chunks, milliseconds. */
  readonly stallMs: number;
}

/**
 * Between two reads (64 KB) of a large body that is thrown away: a client that sends again as soon as it is refused costs little,
 * and one that waits has its answer some seconds later (25 MiB: four).
 */
const DISCARD_PAUSE_MS = 10;
/** What a refused body may still take in all, our own pauses included: then it is answered, and what is missing of it not waited for. */
const DISCARD_MS = 10_000;

/** So much of a large body is read in a turn of its own: Node reads twice as much in one go, and less when there is a crowd. */
const TURN_BYTES = 32 * 1024;

/** Where a body's bytes go as they come. */
export interface BodyStore<T = Buffer> {
  add(chunk: Buffer): void;
  /** Nothing of it is wanted, neither what has come nor what comes. */
  clear(): void;
  /** All of it has come. */
  finish(): T;
}

/** To be waited for before more is done for a body of so many bytes; nothing when that is not for long. */
export type TurnFor = (bytes: number) => Promise<void> | undefined;

export interface CollectOptions<T> {
  /** What the bytes are reserved in as they come. */
  readonly reservation: Reservation;
  readonly turnFor?: TurnFor;
  /** In place of a buffer. */
  readonly store?: BodyStore<T>;
  /** How long the body may take, milliseconds (BODY_TOTAL_TIMEOUT_MS), and a second more for each `SLOWEST_BYTES_A_SECOND` that came. */
  readonly totalMs?: number;
}

/** A body that comes slower than this for longer than its time keeps its connection for nothing. */
const SLOWEST_BYTES_A_SECOND = 2048;
/** What came fast is no credit for longer than this: 20 MB sent at once would allow three hours of drops. */
const MOST_CREDIT_MS = 60_000;

/**
 * Reads a body under its limit. An oversized one is read on and thrown away, up to once more the limit, so that the
 * client sees the 413 instead of a reset (which it would take for a network error and resend for ever) and can use
 * the connection again; past that the connection is closed.
 *
 * @throws CaptureError `payload_too_big`, `body_stalled`, `body_read`, `transient` when the budget is spent
 */
export function collectBody<T = Buffer>(stream: IncomingMessage, limits: CollectLimits, options: CollectOptions<T>): Promise<Buffer | T> {
  const { reservation, turnFor, store: body = growingBody(stream, limits), totalMs = Infinity } = options;
  return new Promise((resolve, reject) => {
    let length = 0;
    let reserved = 0;
    let refusal: CaptureError | undefined;
    let until = performance.now() + totalMs;
    const small = new SmallChunks((chunk) => body.add(chunk));
    const tiny = new TinyChunks();

    let isOver = false;
    let isPaused = false;
    let sinceTurn = 0;
    let discarding: NodeJS.Timeout | undefined;

    const giveUp = () => {
      small.clear();
      body.clear();
      reservation.shrink(reserved);
      reserved = 0;
    };
    const finish = (error: CaptureError | undefined) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearTimeout(discarding);
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onError);
      if (error) {
        giveUp();
        reject(error);
        return;
      }
      small.flush();
      resolve(body.finish());
    };
    const refuse = (error: CaptureError) => {
      refusal = error;
      giveUp();
      discarding = setTimeout(() => finish(error), DISCARD_MS).unref();
    };
    const onData = (chunk: Buffer) => {
      timer.refresh();
      length += chunk.length;
      if (refusal === undefined) keep(chunk);
      if (refusal !== undefined && length > 2 * limits.maxBytes) return finish(refusal);
      tiny.came(chunk.length);
      const now = performance.now();
      until = Math.max(until, Math.min(until + (chunk.length * 1000) / SLOWEST_BYTES_A_SECOND, now + MOST_CREDIT_MS));
      // The first chunk is never late: it may have waited for us with the head.
      if (length > chunk.length && now > until) onLate();
      sinceTurn += chunk.length;
      if (!isPaused && sinceTurn >= TURN_BYTES) waitForTurn();
    };
    const keep = (chunk: Buffer) => {
      const error = length > limits.maxBytes ? tooBig(length, limits, stream) : reservation.grow(chunk.length);
      if (error !== undefined) return refuse(error);
      reserved += chunk.length;
      small.add(chunk);
    };
    // Node reads up to 2 MB of a connection in one go: of a large body a read a turn is enough, kept or thrown away.
    const waitForTurn = () => {
      const turn = turnFor?.(length);
      if (turn === undefined) return;
      isPaused = true;
      sinceTurn = 0;
      const readOn = pauseReading(stream);
      const pausedAt = performance.now();
      const goOn = () => {
        isPaused = false;
        // Our time, not the client's.
        until += performance.now() - pausedAt;
        readOn();
      };
      void turn.then(() => (refusal === undefined ? undefined : sleep(DISCARD_PAUSE_MS))).then(goOn);
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

    let isLate = false;
    const onLate = () => {
      if (isLate) return;
      isLate = true;
      // The same, and what came in this turn does not count: a turn later a client that we have kept waiting has sent more.
      setImmediate(() => {
        const before = length;
        setImmediate(() => {
          isLate = false;
          if (!isOver && length === before && !stream.readableEnded) finish(refusal ?? tooSlow(length, totalMs));
        });
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

function tooSlow(seen: number, totalMs: number): CaptureError {
  const allowed = `${totalMs} ms (BODY_TOTAL_TIMEOUT_MS) and a second for every ${SLOWEST_BYTES_A_SECOND} bytes, a minute ahead at most`;
  return new CaptureError('body_stalled', `body took longer than ${allowed}, of which ${seen} came`);
}

function growingBody(stream: IncomingMessage, { maxBytes }: CollectLimits): BodyStore {
  const announced = Number(stream.headers['content-length'] ?? 0);
  return new GrowingBody(announced <= maxBytes ? announced : 0, isFromSocket(stream));
}
