import { basename } from 'node:path';
import type { Clock } from '@app/event';
import { parseSegmentName } from '../segment-format.js';
import type { Damage } from '../segment-reader.js';
import type { DrainLedger } from './drain-ledger.js';
import type { Slot } from './slot.js';

export interface Passage {
  readonly from: number;
  readonly to: number;
  readonly isReadable: boolean;
}

/** Decides whether a scan goes on behind what it could not read. */
export class DrainDamage {
  constructor(
    private readonly ledger: DrainLedger,
    private readonly clock: Clock,
  ) {}

  /**
   * Bytes that the disk does not give are given up, in the end, only while the disk is alive: it gives what is behind them, or
   * takes a write.
   *
   * @param where they lie between the numbers `from` and `to`, that one not included; `isReadable`: a record behind them was read
   * @returns why it has to wait; undefined when it goes on: they are told then
   */
  async reasonToWait(slot: Slot, damages: readonly Damage[], where: Passage): Promise<string | undefined> {
    const unreadable = damages.filter(({ error }) => error !== undefined);
    if (unreadable.length > 0) {
      for (const damage of unreadable) if (slot.pages.isNew(damage)) this.ledger.waitsFor(damage);
      const isOver = slot.pages.isOver(unreadable, this.clock.monotonic());
      const isAlive = isOver && (where.isReadable || (await takesWrites(slot)));
      const [{ path, error }] = unreadable;
      if (!slot.pages.isConfirmed(unreadable, isAlive)) return `${path}: ${error}`;
    }
    for (const damage of damages) {
      const isNews = !slot.pages.isPassed(damage);
      const givenUp = slot.pages.pass(damage, { from: firstNumber(slot, damage, where.from), to: where.to });
      if (!damage.isTorn) for (const { from, to, most } of givenUp) slot.lose(from, to, most);
      if (isNews) await this.ledger.passed(slot, damage);
    }
    return undefined;
  }
}

/** Nothing of the file can be read: it is put aside. */
export const isWholeFile = ({ error, from, before }: Damage): boolean => error !== undefined && from === 0 && before === undefined;

/** A file that is put aside is so for all lanes, also for those that are further behind than those of this scan. */
function firstNumber({ cursor }: Slot, damage: Damage, from: number): number {
  const first = isWholeFile(damage) ? parseSegmentName(basename(damage.path))?.firstSequence : undefined;
  return first === undefined ? from : Math.min(from, Math.max(first, cursor.low));
}

function takesWrites(slot: Slot): Promise<boolean> {
  return slot.saveCursor(true).then(
    () => true,
    () => false,
  );
}
