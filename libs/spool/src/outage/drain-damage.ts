import type { Clock } from '@app/event';
import { RECORD_HEADER_BYTES } from '../record.js';
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
      if (!slot.pages.pass(damage)) continue;
      if (!damage.isTorn) slot.missing.lose(where.from, where.to, Math.ceil((damage.to - damage.from) / RECORD_HEADER_BYTES));
      await this.ledger.passed(slot, damage);
    }
    return undefined;
  }
}

function takesWrites(slot: Slot): Promise<boolean> {
  return slot.cursor.save(true).then(
    () => true,
    () => false,
  );
}
