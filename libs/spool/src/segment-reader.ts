import { join } from 'node:path';
import type { Disk, DiskFile } from './disk.js';
import { isByTheMedium, readByPages, type Unreadable } from './unreadable.js';
import { isTornRecord, step } from './scan.js';
import { RECORD_HEADER_BYTES, type StoredRecord } from './record.js';
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentName } from './segment-format.js';

const WINDOW_BYTES = 256 * 1024;

/** Bytes [from, to) of a file that are no records. */
export interface Damage {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** The file ends in the first bytes of a record: a write that a crash cut short, which nobody was promised. */
  readonly isTorn: boolean;
  /** The disk does not give all of them, and why not: they may come back. */
  readonly error?: string | undefined;
  /** The number of the record behind it, in the same segment. */
  readonly before?: number;
}

export type SegmentItem = { readonly record: StoredRecord; readonly damage?: never } | { readonly damage: Damage; readonly record?: never };

/** Another release wrote it: all we know is its format's version and its size in bytes. */
export interface ForeignSegment {
  readonly foreign: number;
  readonly size: number;
}

/** Reads one segment from front to back in windows; remembers where it is, so that it can go on as the file grows. */
export class SegmentReader {
  /** Everything before it has been handed out. */
  position: number;
  private lastSequence: number;
  private damagedFrom: number | undefined;
  /** From `damagedFrom` on. */
  private unreadable: Unreadable[] = [];
  private toldTo = -1;

  private constructor(
    readonly path: string,
    private readonly file: DiskFile,
    private readonly marker: Buffer,
    readonly firstSequence: number,
    start: number,
    /** Why its header could not be read when it was opened. */
    private readonly headerError?: string,
  ) {
    this.position = start;
    this.lastSequence = firstSequence - 1;
  }

  /** Where it is. */
  get place(): { readonly position: number; readonly sequence: number } {
    return { position: this.position, sequence: this.lastSequence };
  }

  /** Goes on where another reader of this segment was, or this one. */
  goTo({ position, sequence }: { readonly position: number; readonly sequence: number }): void {
    this.position = position;
    this.lastSequence = sequence;
  }

  static async open(disk: Disk, directory: string, name: SegmentName): Promise<SegmentReader | ForeignSegment> {
    const path = join(directory, name.file);
    const file = await disk.openForReading(path);
    try {
      const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
      const lost: Unreadable[] = [];
      const header = decodeSegmentHeader(bytes.subarray(0, await readByPages(file, bytes, 0, lost)));
      if (header.kind === 'ours') return new SegmentReader(path, file, header.marker, name.firstSequence, SEGMENT_HEADER_BYTES);
      if (header.kind === 'damaged') return new SegmentReader(path, file, name.marker, name.firstSequence, 0, lost[0]?.error);
      const { size } = await file.stat();
      await file.close();
      return { foreign: header.version, size };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Hands out what is whole and stops at the end of the file. What is unfinished there is left for the next call, or
   * is damage when `isFinal`: nobody writes to this segment any more.
   */
  async *read(isFinal: boolean): AsyncGenerator<SegmentItem> {
    for (let wanted = WINDOW_BYTES; ;) {
      const window = await this.load(wanted);
      const isAtEnd = window.length < wanted;
      wanted = WINDOW_BYTES;
      const base = this.position;
      let found = step(window, 0, this.marker, this.lastSequence, isAtEnd && isFinal);
      while (found.kind === 'record' || found.kind === 'damage') {
        if (found.kind === 'damage') {
          this.damagedFrom ??= this.position;
          this.position = base + found.next;
        } else {
          const damage = await this.endDamage(found.record.sequence);
          if (damage) yield { damage };
          this.lastSequence = found.record.sequence;
          this.position = base + found.next;
          yield { record: found.record };
        }
        found = step(window, found.next, this.marker, this.lastSequence, isAtEnd && isFinal);
      }
      if (found.kind === 'more') wanted = Math.max(WINDOW_BYTES, found.bytes);
      if (isAtEnd) break;
    }
    const damage = isFinal ? await this.endDamage() : this.unreadableTail();
    if (damage) yield { damage };
  }

  /** A fresh buffer each time: the records handed out are views of the last one. */
  private async load(bytes: number): Promise<Buffer> {
    const window = Buffer.allocUnsafeSlow(bytes);
    const from = this.damagedFrom ?? this.position;
    this.unreadable = this.unreadable.filter(({ to }) => to > from && to <= this.position);
    try {
      return window.subarray(0, await this.file.read(window, this.position));
    } catch (error) {
      if (!isByTheMedium(error)) throw error;
      return window.subarray(0, await readByPages(this.file, window, this.position, this.unreadable));
    }
  }

  /** Of a file that may still grow: told once, so that nobody takes its last records for read. */
  private unreadableTail(): Damage | undefined {
    const [from, to] = [this.damagedFrom ?? this.position, this.position + RECORD_HEADER_BYTES];
    const error = this.errorWithin(from, to);
    if (error === undefined || this.toldTo === this.position) return undefined;
    this.toldTo = this.position;
    return { path: this.path, from, to: this.position, isTorn: false, error };
  }

  private errorWithin(start: number, end: number): string | undefined {
    const header = start < SEGMENT_HEADER_BYTES ? this.headerError : undefined;
    return this.unreadable.find(({ from, to }) => from < end && to > start)?.error ?? header;
  }

  /** Neighbouring damage is one damage. */
  private async endDamage(before?: number): Promise<Damage | undefined> {
    if (this.damagedFrom === undefined) return undefined;
    const [from, to] = [this.damagedFrom, this.position];
    this.damagedFrom = undefined;
    const error = this.errorWithin(from, to);
    const damage = {
      path: this.path,
      from,
      to,
      isTorn: false,
      ...(error !== undefined && { error }),
      ...(before !== undefined && { before }),
    };
    if (before !== undefined || error !== undefined) return damage;
    const head = Buffer.alloc(Math.min(RECORD_HEADER_BYTES, to - from));
    await this.file.read(head, from);
    return { ...damage, isTorn: isTornRecord(head, to - from, this.marker) };
  }

  stat(): Promise<{ readonly size: number; readonly mtimeMs: number }> {
    return this.file.stat();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
