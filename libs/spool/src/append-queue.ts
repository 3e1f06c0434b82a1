import { payloadBytes, RECORD_HEADER_BYTES, type Payload } from './record.js';

/** One caller's records: they become durable together, and its promise is told once. */
export interface PendingAppend {
  readonly payloads: readonly Payload[];
  /** On disk, headers included. */
  readonly bytes: number;
  readonly resolve: (firstSequence: number) => void;
  readonly reject: (error: Error) => void;
}

/** What waits for the next group commit. */
export class AppendQueue {
  private waiting: PendingAppend[] = [];

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  push(append: PendingAppend): void {
    this.waiting.push(append);
  }

  /** The oldest appends that fit `limit` bytes, at least one. */
  take(limit: number): PendingAppend[] {
    let bytes = 0;
    let count = 0;
    for (const append of this.waiting) {
      bytes += append.bytes;
      if (count > 0 && bytes > limit) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }
}

export function recordsBytes(payloads: readonly Payload[]): number {
  let bytes = payloads.length * RECORD_HEADER_BYTES;
  for (const payload of payloads) bytes += payloadBytes(payload);
  return bytes;
}

/** Tells each caller its first record's number; they were written in this order. */
export function acknowledge(group: readonly PendingAppend[], firstSequence: number): void {
  let sequence = firstSequence;
  for (const { payloads, resolve } of group) {
    resolve(sequence);
    sequence += payloads.length;
  }
}
