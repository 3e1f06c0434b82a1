import { KERNEL } from './kernel.wasm.js';
import { BEHIND, capacityOf, PAYLOAD, WHOLE, type Window } from './memory.js';
import { writeKeys } from './keys.js';

interface Global {
  readonly value: number;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(): void;
  /** Escapes what is at `source`; returns how many bytes are then at `target`. */
  escape(source: number, length: number, target: number): number;
  beginScan(start: number, length: number, window: number, room: number, maxDepth: number, maxEvents: number): void;
  /** Goes on for about so many bytes; returns a `Step`. */
  scan(bytes: number): number;
  beginItems(start: number, length: number, window: number, room: number): void;
  nextRun(left: number, room: number, bytes: number): number;
  /** Returns how many entries the tape has, or -1 for more than `most`. */
  members(start: number, length: number, window: number, room: number, set: number, most: number): number;
  readonly tape: Global;
  readonly tapeStart: Global;
  readonly editCount: Global;
  readonly fault: Global;
  readonly faultAt: Global;
  readonly runStart: Global;
  readonly runEnd: Global;
  readonly runEscaped: Global;
  readonly runEscapedEnd: Global;
}

const PAGE = 64 * 1024;
/** Compiled at once: it is 13 KB, and nothing can be answered without it. */
const MODULE = new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));

/** What the loops look at: bytes, or binary text (one char, 0-255, per byte). */
export type Payload = Buffer | string;

/** The loops in WebAssembly with a memory of their own. */
export class Kernel {
  readonly calls: Exports;
  /** All of its memory, as bytes and as words; new ones take their place when that grows. */
  bytes: Buffer;
  words: Int32Array;
  private payload: Payload = '';
  private keysWritten = 0;

  constructor() {
    const fill = (target: number, from: number, length: number) => this.fill(target, from, length);
    this.calls = new WebAssembly.Instance(MODULE, { window: { fill } }).exports as unknown as Exports;
    this.calls.prepare();
    this.bytes = Buffer.from(this.calls.memory.buffer);
    this.words = new Int32Array(this.calls.memory.buffer);
  }

  /**
   * Has a payload at hand, until it is closed, and knows all keys. Its memory does not grow with what it sees through a window.
   *
   * @throws RangeError when there is no memory
   */
  open(payload: Payload, window: Window): void {
    const isWhole = window === WHOLE;
    this.reserve(isWhole ? payload.length : capacityOf(window));
    this.payload = payload;
    if (isWhole) this.fill(PAYLOAD, 0, payload.length);
    this.keysWritten = writeKeys(this.bytes, this.keysWritten);
  }

  close(): void {
    this.payload = '';
  }

  /** To be called when the memory may have grown by itself. */
  look(): void {
    const { buffer } = this.calls.memory;
    if (this.bytes.buffer === buffer) return;
    this.bytes = Buffer.from(buffer);
    this.words = new Int32Array(buffer);
  }

  private reserve(length: number): void {
    const missing = PAYLOAD + length + BEHIND - this.bytes.length;
    if (missing <= 0) return;
    this.calls.memory.grow(Math.ceil(missing / PAGE));
    this.look();
  }

  private fill(target: number, from: number, length: number): void {
    this.look();
    const { payload } = this;
    const isAll = length === payload.length;
    if (typeof payload === 'string') this.bytes.latin1Write(isAll ? payload : payload.slice(from, from + length), target);
    else this.bytes.set(isAll ? payload : payload.subarray(from, from + length), target);
  }
}

/** For all that is done in one go. */
export const shared = new Kernel();
