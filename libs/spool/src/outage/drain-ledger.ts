import type { Damage } from '../segment-reader.js';
import type { DrainGroup, DrainItem } from './drain-group.js';
import type { Slot } from './slot.js';

/** What becomes of messages, for those who keep count. */
export interface DrainLedger {
  drained(slot: Slot, group: DrainGroup, item: DrainItem): void;
  expired(slot: Slot, item: DrainItem): void;
  unreadable(slot: Slot): void;
  /** Bytes that the disk does not give: they are read again for a while, and what is behind them waits. */
  waitsFor(damage: Damage): void;
  /** Bytes that hold no records, or none that can be had: what is behind them goes on. */
  passed(slot: Slot, damage: Damage): Promise<void>;
  /** So many messages of an earlier process can be read only now. */
  recovered(count: number): void;
  /** So many messages of an earlier process, at most, were in what is given up: how many there were nobody can tell. */
  missing(slot: Slot, most: number): void;
  /** All there is has been read, and yet messages are missing: their records have been damaged meanwhile. */
  lost(slot: Slot): void;
  /** Puts a message on its way to the dead-letter topic, or parks it. False: keep it, try again later. */
  poisoned(slot: Slot, group: DrainGroup, item: DrainItem, reason: string): Promise<boolean>;
  /** Puts a message aside. False: keep it, try again later. */
  park(slot: Slot, item: DrainItem, reason: string): Promise<boolean>;
  /** A group has its fate, at least in part. */
  settled(group: DrainGroup, inTime: boolean): void;
}
