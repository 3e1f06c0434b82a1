import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Disk } from '../disk.js';
import { findSmallFile, replaceFile } from '../small-file.js';

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
  readonly untold?: number;
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
  /** Messages before these places, at most, that were given up and that nobody has been told of: the next process tells them. */
  untold = 0;
  readonly path: string;

  constructor(
    private readonly disk: Disk,
    directory: string,
  ) {
    this.path = join(directory, FILE);
  }

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

  /**
   * Finds what was saved. Without a file, or with a damaged one, everything is drained once more: duplicates, never a loss.
   *
   * @returns what is wrong with the file, if it is damaged
   * @throws the disk's error when it does not give the file: it may do so later
   */
  async load(): Promise<string | undefined> {
    const text = (await findSmallFile(this.disk, this.path))?.toString();
    if (text === undefined) return undefined;
    try {
      const { next, behind, partitions, foreign = [], untold = 0 } = parse(text);
      const maps = [new Map(behind), new Map(partitions), new Map(foreign)] as const;
      for (const [lane, sequence] of maps[0]) this.behind.set(lane, sequence);
      for (const [topic, count] of maps[1]) this.partitions.set(topic, count);
      for (const [file, drained] of maps[2]) this.foreign.set(file, drained);
      this.next = next;
      this.untold = untold;
      return undefined;
    } catch {
      return `${this.path} is damaged, or another release wrote it`;
    }
  }

  /** A segment that this release cannot read is left behind. */
  passBy(file: string): void {
    if (!this.foreign.has(file)) this.foreign.set(file, { next: this.next, behind: [...this.behind] });
  }

  /** @param isDurable also after a crash of the machine; without it after one of the process, which is what happens */
  async save(isDurable: boolean): Promise<void> {
    const { next, behind, partitions, foreign, untold } = this;
    const saved: Saved = {
      version: VERSION,
      next,
      behind: [...behind],
      partitions: [...partitions],
      ...(foreign.size > 0 && { foreign: [...foreign] }),
      ...(untold > 0 && { untold }),
    };
    await replaceFile(this.disk, this.path, Buffer.from(withChecksum(JSON.stringify(saved))), isDurable);
  }
}

const CHECKSUM = /,"crc":(\d+)}$/;

/** As its last member, of the bytes without it: a number in which a bit has flipped is as good JSON as any other. */
const withChecksum = (json: string): string => `${json.slice(0, -1)},"crc":${crc32(json)}}`;

/** @throws Error when it is not what was saved */
function parse(text: string): Saved {
  const crc = CHECKSUM.exec(text);
  // Earlier releases wrote none.
  if (crc !== null && crc32(`${text.slice(0, crc.index)}}`) !== Number(crc[1])) throw new Error('its checksum is wrong');
  const saved = JSON.parse(text) as Saved;
  if (saved.version !== VERSION || !Number.isSafeInteger(saved.next)) throw new Error('it is of another release');
  return saved;
}
