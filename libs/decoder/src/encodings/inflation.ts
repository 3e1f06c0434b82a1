import { CaptureError } from '@app/event';
import type { Reserve } from '../byte-budget.js';
import { keep, letGo } from '../let-go.js';
import { decompressor, LARGEST_WINDOW, type ContentEncoding } from './coding.js';
import { InflationLanes, MOST_PATIENCE, rankOf } from './inflation-lanes.js';

export interface InflationLimits {
  /** The most bytes to produce. */
  readonly maxBytes: number;
  /** The variable that sets it, for the refusal. */
  readonly variable: string;
  /** A body that grows more than so many times, and beyond `SLOW_BYTES`, goes behind everybody else. */
  readonly maxRatio: number;
  /** Called as the output grows. */
  readonly reserve: Reserve;
  /** Called when some of what was reserved is not held any more. */
  readonly release: (bytes: number) => void;
  /** Told when the body has gone behind everybody else; to be called back once nothing more is done with it. */
  readonly onSlow: (leave: () => void) => void;
  /** Whether an earlier inflation of the same request has done so: it waits for nobody, least of all for itself. */
  readonly isSlow?: () => boolean;
}

export interface Inflated {
  readonly chunks: Buffer[];
  readonly length: number;
}

/** Honest batches of repeated stack traces grow 200 times in gzip and thousands in br, but seldom to so much. */
export const SLOW_BYTES = 8 * 1024 * 1024;
/** So much is inflated between two looks at whether somebody else waits. */
const SLOW_PIECE_BYTES = 1024 * 1024;

/**
 * So much of the input is given to a thread in one go. One call of zlib returns when its output is full or its input is used up: of
 * blocks that bring a table each and no data, 20 MB are 2.5 s of one.
 */
const PIECE_BYTES = 256 * 1024;
/**
 * Of a whole piece at least such a part must come out. An honest piece grows, or stays as it is where it cannot be compressed; flushed
 * after every hundred bytes, or cut into members or frames of so many, it loses a tenth. What gives nothing are empty blocks.
 */
const LEAST_PART = 1 / 16;

const lanes = new InflationLanes();

/**
 * Inflates on zlib's threads, piece by piece, until all has come or its limits are passed.
 *
 * @throws CaptureError `payload_too_big`, `undecodable`, `transient` when the budget is spent or too many wait
 */
export function inflateChunks(bytes: Buffer, coding: ContentEncoding, limits: InflationLimits): Promise<Inflated> {
  return new Inflation(bytes, coding, limits).run();
}

/** Inflates one body, in turns with others. */
class Inflation {
  private readonly chunks: Buffer[] = [];
  private length = 0;
  private reserved = 0;
  private inflater!: ReturnType<typeof decompressor>;
  private failed!: Promise<never>;
  private holdsPermit = false;
  private isSlow = false;
  private nextLook = 0;
  private patience = MOST_PATIENCE;
  /** Until it may go on, in the middle of a piece. */
  private isBehind: Promise<void> | undefined;

  constructor(
    private readonly bytes: Buffer,
    private readonly coding: ContentEncoding,
    private readonly limits: InflationLimits,
  ) {}

  async run(): Promise<Inflated> {
    await this.enter(this.rank);
    try {
      await this.inflate();
      this.limits.release(this.window);
      return { chunks: this.chunks, length: this.length };
    } catch (error) {
      // Of the next chunk, which nobody wants, zlib's thread is at work: it ends no earlier for being destroyed.
      keep(this.bytes);
      // A bomb's are up to the limit.
      for (const chunk of this.chunks) letGo(chunk);
      this.limits.release(this.reserved);
      throw error instanceof CaptureError ? error : invalid(error, this.coding);
    } finally {
      await this.isBehind;
      this.leave();
      this.inflater?.destroy();
    }
  }

  private async inflate(): Promise<void> {
    const { bytes } = this;
    const inflater = (this.inflater = decompressor(this.coding));
    this.failed = new Promise((_, reject) => inflater.once('error', reject));
    // It is waited for where something is, and may come when nothing is.
    this.failed.catch(() => undefined);
    const ended = new Promise((resolve) => inflater.once('end', resolve));
    inflater.on('data', (chunk: Buffer) => this.take(chunk));
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (this.patience > 0 && lanes.shouldMakeWay(this.rank)) {
        this.patience--;
        this.leave();
        await this.enter(this.rank);
      }
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      const before = this.produced;
      await this.until(new Promise((resolve) => inflater.write(piece, resolve)));
      // The rest stands behind the end of the compressed data, and is nobody's.
      if (inflater.bytesWritten < at + piece.length) break;
      if (piece.length === PIECE_BYTES && this.produced - before < PIECE_BYTES * LEAST_PART) throw empty(at, this.produced - before);
    }
    inflater.end();
    await this.until(ended);
  }

  private get rank(): number {
    return this.isSlow ? Infinity : rankOf(this.bytes.length);
  }

  /** What zlib has made: some of it may wait to be taken. */
  private get produced(): number {
    return this.length + this.inflater.readableLength;
  }

  private async until(done: Promise<unknown>): Promise<void> {
    await Promise.race([done, this.failed]);
    await this.isBehind;
  }

  private take(chunk: Buffer): void {
    const { maxRatio } = this.limits;
    this.length += chunk.length;
    const refusal = this.reserve();
    if (refusal) {
      this.inflater.destroy(refusal);
      return;
    }
    this.chunks.push(chunk);
    const growsALot = this.length > SLOW_BYTES && this.length > maxRatio * this.bytes.length;
    if (!growsALot || this.length < this.nextLook) return;
    this.nextLook = this.length + SLOW_PIECE_BYTES;
    // While it is not read, no more than the next chunk is made.
    this.inflater.pause();
    this.isBehind = this.goBehind();
  }

  /** With its window it is no more than the copy of the whole takes that comes after it: for the window alone no body is refused. */
  private reserve(): CaptureError | undefined {
    const { maxBytes, variable, reserve } = this.limits;
    if (this.length > maxBytes) return tooBig(maxBytes, variable);
    const more = this.length + this.window - this.reserved;
    const refusal = reserve(more);
    if (!refusal) this.reserved += more;
    return refusal;
  }

  /** What the decompressor keeps of what has come out. */
  private get window(): number {
    return Math.min(this.length, LARGEST_WINDOW[this.coding]);
  }

  private async goBehind(): Promise<void> {
    try {
      this.leave();
      if (!this.isSlow && this.limits.isSlow?.() !== true) {
        await lanes.enterSlow();
        this.limits.onSlow(() => lanes.leaveSlow());
      }
      this.isSlow = true;
      await this.enter(this.rank);
      this.inflater.resume();
    } catch (error) {
      this.inflater.destroy(error as Error);
    }
  }

  private async enter(served: number): Promise<void> {
    await lanes.enter(served);
    this.holdsPermit = true;
  }

  private leave(): void {
    if (this.holdsPermit) lanes.leave();
    this.holdsPermit = false;
  }
}

export function tooBig(limit: number, variable: string): CaptureError {
  return new CaptureError('payload_too_big', `Decompressed payload would exceed ${limit} bytes (${variable})`);
}

/** What is said of data that are no such coding. */
export function invalidText(coding: ContentEncoding): string {
  return `invalid ${coding} data`;
}

function invalid(error: unknown, coding: ContentEncoding): CaptureError {
  const isWindow = (error as NodeJS.ErrnoException).code === 'ZSTD_error_frameParameter_windowTooLarge';
  const ofWindow = `${coding} data need a window of more than ${LARGEST_WINDOW[coding]} bytes: compress with a smaller windowLog`;
  return new CaptureError('undecodable', isWindow ? ofWindow : invalidText(coding));
}

function empty(at: number, made: number): CaptureError {
  const detail = `${PIECE_BYTES} compressed bytes, from byte ${at} on, hold no more than ${made} bytes: compress without empty blocks`;
  return new CaptureError('undecodable', detail);
}
