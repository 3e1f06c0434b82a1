import { KERNEL } from './kernel.wasm.js';
import { BEHIND, PAYLOAD, TAPE, TAPE_BYTES } from './memory.js';

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(): void;
  /** Escapes what is at `source`; returns how many bytes are then at `target`. */
  escape(source: number, length: number, target: number): number;
  /** Returns how many entries the tape has, or 0 for what the kernel does not know. */
  scan(start: number, length: number, maxDepth: number, maxEvents: number, tape: number, tapeBytes: number): number;
  /** The same of the items of an array, all of it. */
  items(start: number, length: number, tape: number, tapeBytes: number): number;
}

const PAGE = 64 * 1024;

/** Compiled at once: it is 4 KB, and nothing can be answered without it. */
export const kernel = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(KERNEL, 'base64'))).exports as unknown as Exports;
kernel.prepare();

/** The kernel's memory, all of it. New ones take their place when it grows. */
export let bytes: Buffer;
export let tapeWords: Int32Array;
look();

/** Makes room for a payload of so many bytes. */
export function reservePayload(length: number): void {
  const missing = PAYLOAD + length + BEHIND - bytes.length;
  if (missing <= 0) return;
  kernel.memory.grow(Math.ceil(missing / PAGE));
  look();
}

function look(): void {
  bytes = Buffer.from(kernel.memory.buffer);
  tapeWords = new Int32Array(kernel.memory.buffer, TAPE, TAPE_BYTES / 4);
}
