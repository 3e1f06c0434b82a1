import type { Clock } from '@app/event';
import type { SegmentInfo } from '../segment-info.js';
import { reasonOf } from '../storage-error.js';
import { compact } from './compaction.js';
import type { Slot } from './slot.js';
import { decode } from './spooled-message.js';

/** A full disk has no room for a copy. */
const REST_AFTER_ERROR_MS = 60_000;
/** Of what is on disk; less than that is not worth reading all of it. */
const WASTE = 1 / 8;

interface Round {
  /** The last segment that was looked at. */
  at: number;
  /** Bytes on disk that waited for nobody when the last round ended. */
  leftOver: number;
  restUntil: number;
}

/**
 * Gives back the room of what is drained although a lane stands still: a segment is deleted when all of it is drained, and one
 * message of a lost partition is enough to keep it. Then it is rewritten with what is left. On disk is what waits, an eighth
 * more, and a segment.
 */
export class Compactor {
  readonly #rounds = new WeakMap<Slot, Round>();

  constructor(
    private readonly segmentBytes: number,
    private readonly clock: Clock,
    private readonly notice: (message: string) => void,
  ) {}

  /** Looks at one segment at most. Never rejects. @returns whether it is to be called again soon */
  async step(slot: Slot): Promise<boolean> {
    const round = this.#roundOf(slot);
    if (!slot.isCounted || this.clock.monotonic() < round.restUntil || !this.#isWorthIt(slot, round)) return false;
    const segment = slot.log.sealed.find(
      (one) => one.name.firstSequence > round.at && one.lastSequence < slot.cursor.next && one.damagedBytes === 0 && !one.isSpoilt,
    );
    if (segment === undefined) {
      Object.assign(round, { at: -1, leftOver: wasteOf(slot) });
      return false;
    }
    round.at = segment.name.firstSequence;
    try {
      await this.#compact(slot, segment);
    } catch (error) {
      this.notice(`${slot.directory}: cannot give back the room of what is drained: ${reasonOf(error)}; trying again in a minute`);
      round.restUntil = this.clock.monotonic() + REST_AFTER_ERROR_MS;
    }
    return true;
  }

  #roundOf(slot: Slot): Round {
    let round = this.#rounds.get(slot);
    if (round === undefined) this.#rounds.set(slot, (round = { at: -1, leftOver: 0, restUntil: -Infinity }));
    return round;
  }

  /** Within a round all segments are looked at; a new one begins when there is another segment to be had. */
  #isWorthIt(slot: Slot, round: Round): boolean {
    const waste = wasteOf(slot);
    round.leftOver = Math.min(round.leftOver, waste);
    if (waste <= this.segmentBytes + slot.log.stats().bytes * WASTE) return false;
    return round.at >= 0 || waste > round.leftOver + this.segmentBytes;
  }

  async #compact(slot: Slot, segment: SegmentInfo): Promise<void> {
    const now = await compact(slot.disk, slot.directory, segment, (record) => {
      const spooled = decode(record);
      return spooled !== undefined && !slot.isDone(record.sequence, spooled);
    });
    if (now === undefined) return;
    if (slot.mark.file === segment.name.file) slot.mark.file = '';
    await slot.log.rewritten(now);
    // Fails it, the figures are right all the same.
    if (now.events > 0) await slot.disk.syncDirectory(slot.directory);
  }
}

const wasteOf = (slot: Slot): number => slot.log.stats().bytes - slot.waitingBytes;
