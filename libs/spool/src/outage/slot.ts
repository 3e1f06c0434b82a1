import type { Disk } from '../disk.js';
import type { ReadMark } from '../log-reader.js';
import type { SegmentLogOptions } from '../open-log.js';
import { RECORD_HEADER_BYTES } from '../record.js';
import { SegmentLog } from '../segment-log.js';
import { removeUnfinished } from './compaction.js';
import { CursorPatience } from './cursor-patience.js';
import { DrainCursor, laneOf, wholeTopic } from './drain-cursor.js';
import { Lanes, UNPLACED } from './lanes.js';
import { Missing } from './missing.js';
import { PagePatience } from './page-patience.js';
import { Parked } from './parked.js';
import { partitionFor } from './partition-for.js';
import { Shares } from './shares.js';
import { countSlot } from './slot-count.js';
import type { SpooledMessage } from './spooled-message.js';

export type SlotOptions = Omit<SegmentLogOptions, 'firstSequence' | 'retention'> & { readonly disk: Disk };

/** One directory of the spool, ours as long as we live: a log, what of it waits, and how far it is drained. */
export class Slot {
  readonly lanes = new Lanes();
  readonly shares = new Shares();
  readonly missing = new Missing();
  readonly pages = new PagePatience();
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
  /** What an earlier process left ends before it. */
  readonly #recoveredEnd: number;
  #countedTo = 0;
  /** Messages that waited here and were given up, at most: behind places that the cursor has come past, and that it has not. */
  #givenUp = { passed: 0, ahead: 0 };
  /** What an earlier process did not tell has been asked for. */
  #isHeir = false;

  private constructor(
    readonly directory: string,
    readonly disk: Disk,
    readonly log: SegmentLog,
    readonly cursor: DrainCursor,
    private readonly saved: CursorPatience,
    readonly parked: Parked,
  ) {
    this.end = log.nextSequence;
    this.#recoveredEnd = this.end;
    // Nothing to count: the first request need not wait for that.
    if (saved.isOver && cursor.low >= this.end) this.#counted();
  }

  /** @throws StorageError `locked` or `open` */
  static async open(options: SlotOptions): Promise<Slot> {
    const { disk, directory } = options;
    const cursor = new DrainCursor(disk, directory);
    const saved = new CursorPatience(cursor, options);
    // What the disk does not give now is asked for again when the slot is counted.
    await saved.load().catch(() => {});
    // Numbers must go on rising when all segments are gone, or new records would pass for drained ones.
    const log = await SegmentLog.open({ ...options, firstSequence: cursor.next });
    await removeUnfinished(disk, directory);
    const parked = new Parked(directory, options);
    await parked.measure();
    return new Slot(directory, disk, log, cursor, saved, parked);
  }

  /** Nothing may be stored here: it is not known which numbers were given out before, and new records could pass for drained ones. */
  get isClosedToNew(): boolean {
    return !this.saved.isOver;
  }

  /** How many messages wait, also those of which nobody knows what they are. */
  get waiting(): number {
    return this.lanes.total + this.missing.total + this.#inherited;
  }

  /** What an earlier process gave up and told nobody of. */
  get #inherited(): number {
    return this.#isHeir ? 0 : this.cursor.untold;
  }

  /** On disk, of what waits. */
  get waitingBytes(): number {
    return this.shares.total + this.lanes.total * RECORD_HEADER_BYTES;
  }

  /**
   * Counts what waits from before, in order; `recovered` is told of what can be read. Nothing of this slot is drained until then.
   *
   * @throws when it cannot be read; a later call goes on where this one came to
   */
  async count(recovered: (messages: number) => void, signal: AbortSignal): Promise<void> {
    if (this.isCounted) return;
    await this.saved.load();
    const from = Math.max(this.cursor.low, this.#countedTo);
    const bounds = { from, end: this.#recoveredEnd };
    for await (const found of countSlot(this.log, this.cursor, bounds)) {
      if (signal.aborted) return;
      this.#countedTo = found.next;
      if (found.kind === 'missing') {
        this.missing.add(found.from, found.next - 1, found.count, found.most);
      } else if (found.kind === 'behind') {
        this.missing.addBehind(found.from, found.next - 1);
      } else if (!this.isDone(found.sequence, found.spooled)) {
        this.take(found.spooled, found.bytes);
        recovered(1);
      }
    }
    this.#counted();
  }

  #counted(): void {
    this.isCounted = true;
    for (const topic of this.cursor.partitions.keys()) this.#forgetPartitions(topic);
  }

  /** A message waits. @param bytes of its payload */
  take({ message, partition }: Pick<SpooledMessage, 'message' | 'partition'>, bytes: number): void {
    this.lanes.add(message.topic, partition);
    this.shares.take(message, bytes);
  }

  /** It waits no more. */
  leave({ message, partition }: Pick<SpooledMessage, 'message' | 'partition'>, bytes: number): void {
    this.lanes.remove(message.topic, partition);
    this.shares.giveBack(message, bytes);
    if (partition === undefined) this.#forgetPartitions(message.topic);
  }

  /**
   * A message has been read, that could not be read perhaps when this slot was counted: then it waits from now on.
   *
   * @returns whether it does so only now
   */
  meet(one: SpooledMessage & { readonly sequence: number; readonly bytes: number }): boolean {
    if (this.missing.isEmpty || this.isDone(one.sequence, one)) return false;
    const isFound = this.missing.found(one.sequence);
    if (isFound) this.take(one, one.bytes);
    return isFound;
  }

  /** @returns how many messages an earlier process gave up, at most, and was killed before it told; once */
  inherit(): number {
    const count = this.#inherited;
    this.#isHeir = true;
    return count;
  }

  /** Bytes between these numbers, the second one not included, are given up. @param most records that they may hold */
  lose(from: number, to: number, most: number): void {
    const missing = this.missing.lose(from, to, most);
    this.#givenUp.ahead += Math.min(most, Math.max(0, to - from - missing));
  }

  /** The cursor is behind what was given up: a process that reads it finds nothing of that any more. */
  keepLost(): void {
    this.#givenUp.passed += this.#givenUp.ahead;
    this.#givenUp.ahead = 0;
  }

  /** @param isDurable also after a crash of the machine */
  saveCursor(isDurable: boolean): Promise<void> {
    // Those that were given up are among those that wait.
    this.#givenUp.passed = Math.min(this.#givenUp.passed, this.lanes.total);
    this.cursor.untold = this.#inherited + this.#givenUp.passed + this.missing.untold(this.cursor.next);
    return this.cursor.save(isDurable);
  }

  /** The drain came further. @returns how many missing messages it passed for good */
  passed(): number {
    const { next, low } = this.cursor;
    const dropped = this.missing.passed(next, low);
    if (this.missing.isEmpty) for (const topic of this.cursor.partitions.keys()) this.#forgetPartitions(topic);
    return dropped;
  }

  /** Whether messages of a partition may be among those that are missing, and found again; without a partition, of the topic. */
  mayMiss(topic: string, partition: number | undefined): boolean {
    if (this.missing.isEmpty) return false;
    if (this.missing.isOfAnyLane) return true;
    const isIt = (lane: string) =>
      lane === wholeTopic(topic) || (partition === undefined ? lane.startsWith(`${topic}/`) : lane === laneOf(topic, partition));
    return [...this.cursor.behind].some(([lane, sequence]) => isIt(lane) && this.missing.isOfLane(sequence));
  }

  /** Nothing that waits can be found. @returns how many messages that are */
  giveUp(): number {
    const count = this.lanes.total;
    this.#givenUp = { passed: 0, ahead: 0 };
    this.lanes.clear();
    this.shares.clear();
    for (const topic of this.cursor.partitions.keys()) this.#forgetPartitions(topic);
    return count;
  }

  /** The same key must go the same way as long as messages of a topic wait that were placed by its count; then the count may change. */
  #forgetPartitions(topic: string): void {
    if (this.lanes.of(topic, UNPLACED) === 0 && this.missing.isEmpty) this.cursor.partitions.delete(topic);
  }

  /** There is nothing in it that anybody has to know of. */
  get isEmpty(): boolean {
    return this.log.isEmpty && this.parked.bytes === 0 && this.#inherited === 0;
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
    await this.log.release(this.waiting === 0 && this.unresolved.size === 0 ? this.cursor.next : this.cursor.low);
  }

  /** The partition a message goes to; undefined while its topic's partitions are not known. */
  placeOf({ message, partition }: SpooledMessage, sequence: number): number | undefined {
    if (partition !== undefined) return partition;
    const count = this.cursor.partitions.get(message.topic);
    return count === undefined ? undefined : partitionFor(message.key, count, sequence);
  }

  isDone(sequence: number, spooled: SpooledMessage): boolean {
    const { topic } = spooled.message;
    const place = this.placeOf(spooled, sequence);
    return this.cursor.isDone(sequence, topic, place === undefined ? wholeTopic(topic) : laneOf(topic, place));
  }
}
