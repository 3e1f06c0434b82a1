import type { Disk } from './disk.js';
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

  /** The newest record of the oldest finished segment. */
  get firstEnd(): number | undefined {
    return this.sealed[0]?.lastSequence;
  }

  /** Deletes finished segments that hold nothing from `below` on. Damaged ones are only put aside, under another name. */
  async release(below: number): Promise<void> {
    const gone = this.sealed.filter(({ lastSequence }) => lastSequence < below);
    for (const segment of gone) {
      const path = pathOf(this.directory, segment);
      if (segment.damagedBytes > 0) await this.disk.rename(path, `${path}.damaged`);
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
