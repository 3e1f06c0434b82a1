interface Gap {
  readonly from: number;
  readonly to: number;
  /** Among those that wait. */
  count: number;
  /** How many there may be in all. */
  readonly most: number;
  isReadable: boolean;
}

/** What a slot's ledger has to be told: messages that were not counted before, and messages that are given up. */
export interface Passed {
  readonly recovered: number;
  readonly dropped: number;
}

/**
 * Messages of earlier processes that could not be read when a slot was counted. What they were is not known, only between
 * which numbers they lie, and at the end of a slot not even how many there are; they are among those that wait until the
 * drain has come past them.
 */
export class Missing {
  #gaps: Gap[] = [];

  get total(): number {
    return this.#gaps.reduce((sum, { count }) => sum + count, 0);
  }

  /** Both numbers included. @param count of which it is sure that there are so many; `most` is as good a guess as can be had */
  add(from: number, to: number, count: number, most = count): void {
    if (count > 0 && to >= from) this.#gaps.push({ from, to, count, most, isReadable: false });
  }

  /** A message can be read. `counted`: it was missing; `new`: nobody knew that there was one. */
  found(sequence: number): 'counted' | 'new' | undefined {
    const gap = this.#gaps.find(({ from, to }) => sequence >= from && sequence <= to);
    if (gap === undefined) return undefined;
    gap.isReadable = true;
    if (gap.count === 0) return 'new';
    gap.count--;
    return 'counted';
  }

  /** Everything before a number has been passed: what was not found by then is given up. */
  passed(next: number): Passed {
    let [recovered, dropped] = [0, 0];
    this.#gaps = this.#gaps.filter(({ to, count, most, isReadable }) => {
      if (to >= next) return true;
      const more = isReadable ? 0 : most - count;
      recovered += more;
      dropped += count + more;
      return false;
    });
    return { recovered, dropped };
  }
}
