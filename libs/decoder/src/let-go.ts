import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** Smaller ones are not worth a call. */
const LEAST_BYTES = 4096;

const kept = new WeakSet<ArrayBufferLike>();

/**
 * Has the collector alone give their memory back. For what a thread of zlib may still read or write after nobody waits for it any more:
 * it has an address, and detaching is no matter to it.
 */
export function keep({ buffer }: Buffer): void {
  kept.add(buffer);
}

/**
 * Gives the memory of bytes that nobody reads any more back at once. V8 counts what lies outside of its heap, but does not hurry:
 * after a flood of large bodies nothing would have its collector run. Bytes that share their memory with others are left alone.
 *
 * @returns whether they are gone: the buffer is empty then
 */
export function letGo(bytes: Buffer): boolean {
  const { buffer, byteOffset, length } = bytes;
  if (kept.has(buffer)) return false;
  if (length < LEAST_BYTES || byteOffset !== 0 || buffer.byteLength !== length || !(buffer instanceof ArrayBuffer)) return false;
  buffer.transfer(0);
  return true;
}

/** Whether what is read of it is nobody else's. Of a request that is made up in process it may be a test's own bytes. */
export function isFromSocket({ socket }: IncomingMessage): boolean {
  return socket instanceof Socket;
}
