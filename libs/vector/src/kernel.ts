import { KERNEL } from './kernel.wasm.js';
import { BEHIND, PAYLOAD } from './memory.js';
import { writeKeys } from './keys.js';

interface Global {
  readonly value: number;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(): void;
  /** Escapes what is at `source`; returns how many bytes are then at `target`. */
  escape(source: number, length: number, target: number): number;
  beginScan(start: number, length: number, maxDepth: number, maxEvents: number): void;
  /** Goes on for about so many bytes; returns a `Step`. */
  scan(bytes: number): number;
  beginItems(start: number, length: number): void;
  nextRun(left: number, room: number, bytes: number): number;
  /** Returns how many entries the tape has, or -1 for more than `most`. */
  members(start: number, length: number, set: number, most: number): number;
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
/** Compiled at once: it is 6 KB, and nothing can be answered without it. */
const MODULE = new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));

/** The loops in WebAssembly with a memory of their own. */
export class Kernel {
  readonly calls: Exports;
  /** All of its memory, as bytes and as words; new ones take their place when that grows. */
  bytes: Buffer;
  words: Int32Array;
  private keysWritten = 0;

  constructor() {
    this.calls = new WebAssembly.Instance(MODULE).exports as unknown as Exports;
    this.calls.prepare();
    this.bytes = Buffer.from(this.calls.memory.buffer);
    this.words = new Int32Array(this.calls.memory.buffer);
  }

  /**
   * Makes room for a payload of so many bytes, and knows all keys.
   *
   * @throws RangeError when there is no memory
   */
  reserve(length: number): void {
    const missing = PAYLOAD + length + BEHIND - this.bytes.length;
    if (missing > 0) {
      this.calls.memory.grow(Math.ceil(missing / PAGE));
      this.look();
    }
    this.keysWritten = writeKeys(this.bytes, this.keysWritten);
  }

  /** To be called when the memory may have grown by itself. */
  look(): void {
    const { buffer } = this.calls.memory;
    if (this.bytes.buffer === buffer) return;
    this.bytes = Buffer.from(buffer);
    this.words = new Int32Array(buffer);
  }
}

/** For all that is done in one go. */
export const shared = new Kernel();
