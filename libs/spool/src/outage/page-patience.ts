import { RECORD_HEADER_BYTES } from '../record.js';
import type { Damage } from '../segment-reader.js';
import { PATIENCE_MS } from '../unreadable.js';

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 8000;

interface Wait {
  readonly since: number;
  delay: number;
}

/** Numbers from `from` on, `to` not included, of which at most so many are those of records. */
export interface GivenUp {
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

/**
 * Bytes that the disk does not give may come back, and what is behind them would overtake them: they are read again for half
 * a minute, less and less often, and the messages behind them wait.
 */
export class PagePatience {
  readonly #waits = new Map<string, Wait>();
  readonly #confirmed = new Set<string>();
  readonly #passed = new Map<string, GivenUp>();
  /** Not to be read again before, monotonic milliseconds. */
  retryAt = -Infinity;

  /** They were asked for once more, in vain. @returns whether that has gone on for long enough */
  isOver(damages: readonly Damage[], now: number): boolean {
    const waits = damages.map((damage) => this.#waitOf(damage, now));
    const isOver = waits.every(({ since }) => now - since >= PATIENCE_MS);
    this.retryAt = isOver ? -Infinity : now + Math.min(...waits.map(({ delay }) => delay));
    for (const wait of waits) wait.delay = Math.min(MAX_RETRY_MS, wait.delay * 2);
    return isOver;
  }

  /**
   * The disk was seen alive, or not, after they could not be read. It may have come back between the two: so they have to be read
   * in vain once more.
   *
   * @returns whether they were
   */
  isConfirmed(damages: readonly Damage[], isAlive: boolean): boolean {
    const keys = damages.map(keyOf);
    const wasConfirmed = keys.every((key) => this.#confirmed.has(key));
    for (const key of keys) {
      if (isAlive) this.#confirmed.add(key);
      else this.#confirmed.delete(key);
    }
    return isAlive && wasConfirmed;
  }

  isNew(damage: Damage): boolean {
    return !this.#waits.has(keyOf(damage));
  }

  /** The drain has gone on behind it before. */
  isPassed(damage: Damage): boolean {
    return this.#passed.has(keyOf(damage));
  }

  /**
   * The drain goes on behind it. A lane that is behind begins somewhere in it, perhaps, and one that is further behind comes past more
   * of its numbers.
   *
   * @param where it lies between these numbers
   * @returns those that no scan has passed before
   */
  pass(damage: Damage, { from, to }: Pick<GivenUp, 'from' | 'to'>): GivenUp[] {
    const key = keyOf(damage);
    const before = this.#passed.get(key) ?? { from, to: from, most: Math.ceil((damage.to - damage.from) / RECORD_HEADER_BYTES) };
    let { most } = before;
    const added: GivenUp[] = [];
    const pieces = [
      [from, Math.min(to, before.from)],
      [Math.max(from, before.to), to],
    ];
    for (const [start, end] of pieces) {
      if (end <= start) continue;
      added.push({ from: start, to: end, most });
      most = Math.max(0, most - (end - start));
    }
    this.#passed.set(key, { from: Math.min(from, before.from), to: Math.max(to, before.to), most });
    return added;
  }

  #waitOf(damage: Damage, now: number): Wait {
    const key = keyOf(damage);
    let wait = this.#waits.get(key);
    if (wait === undefined) this.#waits.set(key, (wait = { since: now, delay: FIRST_RETRY_MS }));
    return wait;
  }
}

const keyOf = ({ path, from }: Damage): string => `${path} ${from}`;
