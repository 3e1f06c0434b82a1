import type { Disk } from '../disk.js';
import type { ReadMark } from '../log-reader.js';
import type { StoredRecord } from '../record.js';
import { SegmentLog, type SegmentLogOptions } from '../segment-log.js';
import { DrainCursor, laneOf, wholeTopic } from './drain-cursor.js';
import { Lanes } from './lanes.js';
import { Parked } from './parked.js';
import { decodeSpooled, type SpooledMessage } from './spooled-message.js';
import { partitionFor } from './partition-for.js';

export type SlotOptions = Omit<SegmentLogOptions, 'firstSequence' | 'retention'> & { readonly disk: Disk };

/** One directory of the spool, ours as long as we live: a log, what of it waits, and how far it is drained. */
export class Slot {
  readonly lanes = new Lanes();
  /** Lanes of which a batch is on its way, its fate unknown for longer than the drain waits. */
  readonly unresolved = new Set<string>();
  /** Where reading forward came to. */
  readonly mark: ReadMark = { file: '', position: 0, sequence: 0 };
  /** Everything before it is durable. */
  end: number;
  /** What an earlier process left has been counted. */
  isCounted = false;
  /** Appends that have not come back. */
  appending = 0;

  private constructor(
    readonly directory: string,
    readonly log: SegmentLog,
    readonly cursor: DrainCursor,
    readonly parked: Parked,
  ) {
    this.end = log.nextSequence;
    // Nothing to count: the first request need not wait for that.
    this.isCounted = cursor.low >= this.end;
  }

  /** @throws StorageError `locked` or `open` */
  static async open(options: SlotOptions): Promise<Slot> {
    const { disk, directory } = options;
    const cursor = new DrainCursor(disk, directory);
    await cursor.load();
    // Numbers must go on rising when all segments are gone, or new records would pass for drained ones.
    const log = await SegmentLog.open({ ...options, firstSequence: cursor.next });
    const parked = new Parked(directory, options);
    await parked.measure();
    return new Slot(directory, log, cursor, parked);
  }

  /** Counts what waits from before, in order; `each` is told of every message. Nothing of this slot is drained until then. */
  async count(each: (message: SpooledMessage, bytes: number) => void, signal: AbortSignal): Promise<void> {
    const { cursor, log, end } = this;
    for await (const record of log.read({ from: { sequence: cursor.low } })) {
      if (signal.aborted) return;
      if (record.sequence >= end) break;
      const spooled = decode(record);
      if (spooled === undefined || this.isDone(record.sequence, spooled)) continue;
      this.lanes.add(spooled.message.topic, spooled.partition);
      each(spooled, record.payload.length);
    }
    this.isCounted = true;
  }

  /** There is nothing in it that anybody has to know of. */
  get isEmpty(): boolean {
    return this.log.stats().bytes === 0 && this.parked.bytes === 0;
  }

  async close(): Promise<void> {
    await this.parked.close();
    await this.log.close();
  }

  /** All of it has been read, and something is missing. */
  get isExhausted(): boolean {
    const { lanes, appending, unresolved, cursor, end } = this;
    return lanes.total > 0 && appending === 0 && unresolved.size === 0 && cursor.behind.size === 0 && cursor.next >= end;
  }

  /** Deletes what is wholly drained. */
  async release(): Promise<void> {
    await this.log.release(this.lanes.total === 0 && this.unresolved.size === 0 ? this.cursor.next : this.cursor.low);
  }

  /** The partition a message goes to; undefined while its topic's partitions are not known. */
  placeOf({ message, partition }: SpooledMessage, sequence: number): number | undefined {
    if (partition !== undefined) return partition;
    const count = this.cursor.partitions.get(message.topic);
    return count === undefined ? undefined : partitionFor(message.key, count, sequence);
  }

  private isDone(sequence: number, spooled: SpooledMessage): boolean {
    const { topic } = spooled.message;
    const place = this.placeOf(spooled, sequence);
    return this.cursor.isDone(sequence, topic, place === undefined ? wholeTopic(topic) : laneOf(topic, place));
  }
}

/** Undefined for a payload that another program wrote. */
export function decode({ payload }: StoredRecord): SpooledMessage | undefined {
  try {
    return decodeSpooled(payload);
  } catch {
    return undefined;
  }
}
