import { join } from 'node:path';
import type { Disk } from './disk.js';
import { deletions, type Deletion, type Situation } from './retention.js';
import type { LeftAlone } from './recovery.js';
import { lastOf, pathOf, type SegmentInfo } from './segment-info.js';

/** The finished segments and the one being written, in order. */
export class SegmentCatalog {
  active: SegmentInfo | undefined;
  /** On disk, but in none of the figures. */
  leftAlone: readonly LeftAlone[];
  /** The segments of earlier runs are among them: until then the oldest one is unknown and none may be deleted. */
  private isComplete = false;
  private sealedBytes = 0;

  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private sealed: SegmentInfo[],
    leftAlone: readonly LeftAlone[] = [],
    /** The log's running time. */
    private readonly openedAt = 0,
    /** On disk in segments of earlier runs, until those are added. */
    private unreadBytes = 0,
  ) {
    this.leftAlone = leftAlone;
    this.keep(sealed);
    withEnds(sealed, openedAt);
  }

  private keep(sealed: SegmentInfo[]): void {
    this.sealed = sealed;
    this.sealedBytes = sealed.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  addOlder(found: readonly SegmentInfo[], leftAlone: readonly LeftAlone[] = []): void {
    this.leftAlone = [...leftAlone, ...this.leftAlone];
    this.add(found);
    this.unreadBytes = 0;
    this.isComplete = true;
  }

  /** Finished segments of earlier runs that can be read after all. */
  readAgain(found: readonly SegmentInfo[]): void {
    const names = new Set(found.map(({ name }) => name.file));
    this.leftAlone = this.leftAlone.filter(({ name }) => !names.has(name.file));
    this.add(found);
  }

  private add(found: readonly SegmentInfo[]): void {
    this.keep([...found, ...this.sealed].toSorted((a, b) => a.name.firstSequence - b.name.firstSequence));
    withEnds(this.sealed, this.openedAt);
  }

  /** The active segment is finished. */
  seal(): void {
    if (this.active && this.active.events > 0) this.keep([...this.sealed, this.active]);
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
      this.keep(this.sealed.map((segment) => (isIt(segment) ? now : segment)));
      return;
    }
    await this.disk.remove(pathOf(this.directory, now));
    this.keep(this.sealed.filter((segment) => !isIt(segment)));
    await this.disk.syncDirectory(this.directory);
  }

  /** Damage was found by reading: the segment is put aside in the end, not deleted. @returns whether it passed for whole at its inspection */
  spoil(path: string): boolean {
    const all = this.active ? [...this.sealed, this.active] : this.sealed;
    const segment = all.find((one) => pathOf(this.directory, one) === path);
    if (segment) segment.isSpoilt = true;
    // Of a file of which nothing could be read no byte has been counted.
    const isLeftAlone = this.leftAlone.some(({ name, why }) => why === 'unreadable' && join(this.directory, name.file) === path);
    return isLeftAlone || segment?.damagedBytes === 0;
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
      this.keep(this.sealed.filter((kept) => kept !== segment));
    }
    if (gone.length > 0) await this.disk.syncDirectory(this.directory);
  }

  /** Deletes what retention no longer allows. @param gone told of each as it goes, whatever the disk says later */
  async expire({ retention, runningSeconds, readers, headroom, keepsNewest }: Expiry, gone: (deletion: Deletion) => void): Promise<void> {
    if (!this.isComplete) return;
    const { sealed } = this;
    const due = deletions({ sealed, activeBytes: this.active?.bytes ?? 0, retention, runningSeconds, readers, headroom });
    for (const deletion of due) {
      const { segment } = deletion;
      if (keepsNewest && segment === sealed.at(-1)) break;
      await this.disk.remove(pathOf(this.directory, segment));
      this.keep(this.sealed.filter((kept) => kept !== segment));
      gone(deletion);
    }
    if (due.length > 0) await this.disk.syncDirectory(this.directory);
  }

  /** Bytes on disk, those of earlier runs among them that nobody has looked at yet. */
  get held(): number {
    return this.sealedBytes + this.unreadBytes + (this.active?.bytes ?? 0);
  }

  /** When a record was written, seconds of running time: as near as its segment tells; undefined for one of a segment that is not known. */
  writtenAt(sequence: number, time: number, runningSeconds: number): number | undefined {
    const all = this.active ? [...this.sealed, this.active] : this.sealed;
    const segment = all.findLast(({ name }) => name.firstSequence <= sequence);
    if (segment === undefined || segment.lastSequence < sequence) return undefined;
    const { begunAt, endedAt = runningSeconds, oldest = time } = segment;
    // The wall clock says how long after the first record; it may have been set meanwhile, so the segment's own time bounds it.
    return begunAt === 0 ? endedAt : Math.min(endedAt, begunAt + Math.max(0, time - oldest) / 1000);
  }

  /** When the oldest record was written, seconds of running time; undefined without one. */
  get oldestAt(): number | undefined {
    const [first = this.active] = this.sealed;
    return first && first.events > 0 ? first.begunAt || first.endedAt : undefined;
  }
}

interface Expiry extends Pick<Situation, 'retention' | 'runningSeconds' | 'readers' | 'headroom'> {
  /** Nothing else knows which numbers were given out. */
  readonly keepsNewest?: boolean;
}

/** A segment of an earlier run ended before the one after it was begun: that is all that is known. */
function withEnds(sealed: readonly SegmentInfo[], openedAt: number): void {
  let end = openedAt;
  for (const segment of sealed.toReversed()) {
    segment.endedAt ??= end;
    end = segment.begunAt || segment.endedAt;
  }
}
