import type { Kernel } from './kernel.js';
import { EDITS, PAYLOAD } from './memory.js';
import { giveBack, takeKernel } from './pool.js';

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
 * Validates a payload and writes its tape, sixteen bytes a turn: 0.45 µs for an event of 1.1 KB, where a byte loop takes 1.5
 * (test/bench/stages.bench.ts). It may be done in pieces, with other scans in between.
 */
export class PayloadScan {
  private readonly kernel: Kernel;

  /** @throws RangeError when there is no memory */
  constructor(
    readonly length: number,
    private readonly limits: TapeLimits,
  ) {
    this.kernel = takeKernel(length);
    this.kernel.reserve(length);
  }

  /** Hands over a part of the payload. */
  load(payload: Uint8Array, from = 0, to = payload.length): void {
    this.kernel.bytes.set(to - from === payload.length ? payload : payload.subarray(from, to), PAYLOAD + from);
  }

  /** Once all of it is handed over. */
  begin(): void {
    const { maxDepth, maxEvents } = this.limits;
    this.kernel.calls.beginScan(PAYLOAD, this.length, Math.min(maxDepth, DEEPEST), maxEvents);
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
    return { code: fault.value, at: fault.value === NO_EVENTS ? faultAt.value : faultAt.value - PAYLOAD };
  }

  /** A byte of the payload; undefined behind its end. */
  byteAt(at: number): number | undefined {
    return at < this.length ? this.kernel.bytes[PAYLOAD + at] : undefined;
  }

  /** The payload as binary text, one char per byte. */
  text(): string {
    return this.kernel.bytes.latin1Slice(PAYLOAD, PAYLOAD + this.length);
  }

  /** Nothing of it is wanted any more. */
  release(): void {
    giveBack(this.kernel);
  }
}

export const NO_EDITS = new Int32Array(0);
