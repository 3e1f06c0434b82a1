import type { Disk } from './disk.js';
import { RECORD_HEADER_BYTES } from './record.js';
import { expired, type Retention } from './retention.js';
import type { LeftAlone } from './recovery.js';
import { pathOf, type SegmentInfo } from './segment-info.js';

/** The finished segments and the one being written, in order. */
export class SegmentCatalog {
  active: SegmentInfo | undefined;
  /** On disk, but in none of the figures. */
  leftAlone: readonly LeftAlone[];
  /** The segments of earlier runs are among them: until then the oldest one is unknown and none may be deleted. */
  private isComplete = false;

  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private sealed: SegmentInfo[],
    leftAlone: readonly LeftAlone[] = [],
  ) {
    this.leftAlone = leftAlone;
  }

  addOlder(found: readonly SegmentInfo[], leftAlone: readonly LeftAlone[] = []): void {
    this.leftAlone = [...leftAlone, ...this.leftAlone];
    this.add(found);
    this.isComplete = true;
  }

  /** Finished segments of earlier runs that can be read after all. */
  readAgain(found: readonly SegmentInfo[]): void {
    const names = new Set(found.map(({ name }) => name.file));
    this.leftAlone = this.leftAlone.filter(({ name }) => !names.has(name.file));
    this.add(found);
  }

  private add(found: readonly SegmentInfo[]): void {
    this.sealed = [...found, ...this.sealed].toSorted((a, b) => a.name.firstSequence - b.name.firstSequence);
  }

  /** The active segment is finished. */
  seal(): void {
    if (this.active && this.active.events > 0) this.sealed.push(this.active);
    this.active = undefined;
  }

  totals(): { bytes: number; events: number; oldest: number | undefined } {
    const all = this.active ? [...this.sealed, this.active] : this.sealed;
    return {
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      events: all.reduce((sum, { events }) => sum + events, 0),
      oldest: all.find(({ oldest }) => oldest !== undefined)?.oldest,
    };
  }

  /** The finished segments that have been looked at, in order. */
  get finished(): readonly SegmentInfo[] {
    return this.sealed;
  }

  /** A finished segment was rewritten under its name; deletes it when nothing is left. */
  async rewritten(now: SegmentInfo): Promise<void> {
    const isIt = ({ name }: SegmentInfo) => name.file === now.name.file;
    if (now.events > 0) {
      this.sealed = this.sealed.map((segment) => (isIt(segment) ? now : segment));
      return;
    }
    await this.disk.remove(pathOf(this.directory, now));
    this.sealed = this.sealed.filter((segment) => !isIt(segment));
    await this.disk.syncDirectory(this.directory);
  }

  /** Damage was found by reading: the segment is put aside in the end, not deleted. @returns whether it passed for whole at its inspection */
  spoil(path: string): boolean {
    const all = this.active ? [...this.sealed, this.active] : this.sealed;
    const segment = all.find((one) => pathOf(this.directory, one) === path);
    if (segment) segment.isSpoilt = true;
    return segment?.damagedBytes === 0;
  }

  /** Nothing of a segment can be read, and nobody waits for it any more. Those with figures are put aside when they are released. */
  async setAside(path: string): Promise<void> {
    if (this.sealed.some((one) => pathOf(this.directory, one) === path)) return;
    await this.disk.rename(path, `${path}.damaged`);
    await this.disk.syncDirectory(this.directory);
  }

  /** The newest record of the oldest finished segment. */
  get firstEnd(): number | undefined {
    return this.sealed[0]?.lastSequence;
  }

  /** Deletes finished segments that hold nothing from `below` on. Damaged ones are only put aside, under another name. */
  async release(below: number): Promise<void> {
    const gone = this.sealed.filter((segment, i) => lastOf(segment, this.sealed[i + 1] ?? this.active) < below);
    for (const segment of gone) {
      const path = pathOf(this.directory, segment);
      if (segment.damagedBytes > 0 || segment.isSpoilt) await this.disk.rename(path, `${path}.damaged`);
      else await this.disk.remove(path);
      this.sealed = this.sealed.filter((kept) => kept !== segment);
    }
    if (gone.length > 0) await this.disk.syncDirectory(this.directory);
  }

  /** Deletes what retention no longer allows; returns it. */
  async expire(retention: Retention, now: number): Promise<readonly SegmentInfo[]> {
    if (!this.isComplete) return [];
    const gone = expired(this.sealed, this.active?.bytes ?? 0, retention, now);
    for (const segment of gone) {
      await this.disk.remove(pathOf(this.directory, segment));
      this.sealed = this.sealed.filter((kept) => kept !== segment);
    }
    if (gone.length > 0) await this.disk.syncDirectory(this.directory);
    return gone;
  }
}

/** Damaged bytes at its end may be records, with numbers up to those of the next one. */
function lastOf({ lastSequence, damagedBytes }: SegmentInfo, next: SegmentInfo | undefined): number {
  if (damagedBytes === 0) return lastSequence;
  return Math.min(
    lastSequence + Math.ceil(damagedBytes / RECORD_HEADER_BYTES),
    next === undefined ? Infinity : next.name.firstSequence - 1,
  );
}
