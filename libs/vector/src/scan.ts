import { shared, type Kernel } from './kernel.js';
import { EDITS, PAYLOAD, WHOLE, WINDOW, type Window } from './memory.js';
import { AT_ONCE_BYTES, giveBack, withOwnKernel } from './pool.js';

/** What is known of a payload: `length` entries of four words each. */
export interface Tape {
  readonly words: Int32Array;
  /** Where in the words it begins. */
  readonly start: number;
  readonly length: number;
}

export interface TapeLimits {
  readonly maxDepth: number;
  readonly maxEvents: number;
}

/** Of the kernel's stack of containers. */
const DEEPEST = 4096;
const ENTRY_WORDS = 4;

/** What was expected where, by the kernel's number for it (assembly/json.ts). */
export interface Fault {
  readonly code: number;
  /** Position in the payload, bytes; with `NO_EVENTS` the kind of what there is in place of events. */
  readonly at: number;
}

/** Numbers of faults that are no matter of grammar; the others are what was expected. */
export const TOO_DEEP = 11;
export const TOO_MANY_EVENTS = 12;
export const TOO_MANY_EDITS = 13;
export const NO_EVENTS = 14;
export const OUT_OF_MEMORY = 15;

/** More than any payload has, and what is reckoned for work that passes no bytes. */
const ENDLESS = 2 ** 30;

export type Step = 'done' | 'paused' | 'failed';
const STEPS: readonly Step[] = ['failed', 'done', 'paused', 'failed'];

/**
 * Begins to scan a payload; later, when it is large and others are under way.
 *
 * @param payload not to be changed until the scan is released
 * @throws RangeError when there is no memory
 */
export function openScan(payload: Buffer, limits: TapeLimits): PayloadScan | Promise<PayloadScan> {
  if (payload.length <= AT_ONCE_BYTES) return new PayloadScan(shared, payload, limits, WHOLE);
  return withOwnKernel((kernel) => new PayloadScan(kernel, payload, limits, WINDOW));
}

/**
 * Validates a payload and writes its tape, sixteen bytes a turn: 0.45 µs for an event of 1.1 KB, where a byte loop takes 1.5
 * (test/bench/stages.bench.ts). It may be done in pieces, with other scans in between if it has a kernel of its own.
 */
export class PayloadScan {
  constructor(
    private readonly kernel: Kernel,
    private readonly payload: Buffer,
    { maxDepth, maxEvents }: TapeLimits,
    window: Window,
  ) {
    kernel.open(payload, window);
    kernel.calls.beginScan(PAYLOAD, payload.length, window.size, window.room, Math.min(maxDepth, DEEPEST), maxEvents);
  }

  /** Goes on for about so many bytes, to the end by default. */
  advance(bytes = ENDLESS): Step {
    const step = STEPS[this.kernel.calls.scan(bytes)];
    this.kernel.look();
    return step;
  }

  /** Of a scan that is done. Good until `release`, and until the next scan. */
  get tape(): Tape {
    const { tape, tapeStart } = this.kernel.calls;
    const length = (tape.value - tapeStart.value) / (4 * ENTRY_WORDS);
    return { words: this.kernel.words, start: tapeStart.value / 4, length };
  }

  /** What has to be replaced, in order of position: where it begins, and how long it is. */
  get edits(): Int32Array {
    const count = this.kernel.calls.editCount.value;
    return count === 0 ? NO_EDITS : new Int32Array(this.kernel.bytes.buffer, EDITS, count * 2).slice();
  }

  /** Of a scan that has failed. */
  get fault(): Fault {
    const { fault, faultAt } = this.kernel.calls;
    return { code: fault.value, at: faultAt.value };
  }

  /** A byte of the payload; undefined behind its end. */
  byteAt(at: number): number | undefined {
    return this.payload[at];
  }

  /** The payload as binary text, one char per byte. */
  text(): string {
    return this.payload.latin1Slice(0, this.payload.length);
  }

  /** Nothing of it is wanted any more. */
  release(): void {
    giveBack(this.kernel);
  }
}

export const NO_EDITS = new Int32Array(0);
