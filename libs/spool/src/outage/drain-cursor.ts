import { join } from 'node:path';
import type { Disk } from '../disk.js';
import { readSmallFile, replaceFile } from '../small-file.js';

const FILE = 'cursor.json';
const VERSION = 1;

/** The messages of one partition, or all of a topic whose partitions are not known. No topic has a slash in its name. */
export const laneOf = (topic: string, partition: number): string => `${topic}/${partition}`;
export const wholeTopic = (topic: string): string => `${topic}/*`;

export interface DrainedTo {
  readonly next: number;
  readonly behind: readonly (readonly [string, number])[];
}

interface Saved {
  readonly version: number;
  readonly next: number;
  readonly behind: [string, number][];
  readonly partitions: [string, number][];
  readonly foreign?: [string, DrainedTo][];
}

/**
 * How far a slot is drained. Everything before `next` has been looked at; what could not be sent then is *behind*: by
 * lane, the first sequence number that is still to be sent. So a lost partition holds up no other, and its messages
 * are found again without an index in memory.
 */
export class DrainCursor {
  /** Numbers begin with 1. */
  next = 1;
  readonly behind = new Map<string, number>();
  /** Partitions of topics, as they were when messages were first placed that still wait: the same key must go the same way. */
  readonly partitions = new Map<string, number>();
  /** Segments of another release that were passed by, and how far they were drained then: that release is to find them as it left them. */
  readonly foreign = new Map<string, DrainedTo>();

  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
  ) {}

  /** Everything before it is drained. */
  get low(): number {
    let low = this.next;
    for (const sequence of this.behind.values()) if (sequence < low) low = sequence;
    return low;
  }

  isDone(sequence: number, topic: string, lane: string): boolean {
    if (sequence >= this.next) return false;
    return sequence < (this.behind.get(lane) ?? Infinity) && sequence < (this.behind.get(wholeTopic(topic)) ?? Infinity);
  }

  /** Without a file, or with one that cannot be read, everything is drained once more: duplicates, never a loss. */
  async load(): Promise<void> {
    try {
      const saved = JSON.parse((await readSmallFile(this.disk, this.#path)).toString()) as Saved;
      if (saved.version !== VERSION || !Number.isSafeInteger(saved.next)) return;
      for (const [lane, sequence] of saved.behind) this.behind.set(lane, sequence);
      for (const [topic, count] of saved.partitions) this.partitions.set(topic, count);
      for (const [file, drained] of saved.foreign ?? []) this.foreign.set(file, drained);
      this.next = saved.next;
    } catch {
      this.behind.clear();
      this.partitions.clear();
      this.foreign.clear();
    }
  }

  /** A segment that this release cannot read is left behind. */
  passBy(file: string): void {
    if (!this.foreign.has(file)) this.foreign.set(file, { next: this.next, behind: [...this.behind] });
  }

  get #path(): string {
    return join(this.directory, FILE);
  }

  /** @param isDurable also after a crash of the machine; without it after one of the process, which is what happens */
  async save(isDurable: boolean): Promise<void> {
    const { next, behind, partitions, foreign } = this;
    const saved: Saved = {
      version: VERSION,
      next,
      behind: [...behind],
      partitions: [...partitions],
      ...(foreign.size > 0 && { foreign: [...foreign] }),
    };
    await replaceFile(this.disk, this.#path, Buffer.from(JSON.stringify(saved)), isDurable);
  }
}
