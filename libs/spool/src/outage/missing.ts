interface Gap {
  readonly from: number;
  readonly to: number;
  /** Among those that wait. */
  count: number;
  /** How many there may be in all. */
  readonly most: number;
  /** Of what was looked at before: only lanes that are behind have something here, if any. */
  readonly isBehind: boolean;
  /** The drain went over it once: what was not found by then has been given up. */
  isPassed: boolean;
  readonly found: Set<number>;
}

/** What a slot's ledger has to be told: messages that were not counted before, and messages that are given up. */
export interface Passed {
  readonly recovered: number;
  readonly dropped: number;
}

/**
 * Messages of earlier processes that could not be read when a slot was counted. What they were is not known, only between
 * which numbers they lie, and at the end of a slot not even how many there are; they are among those that wait until the
 * drain has come past them. A lane that is behind comes past them later, and may find some after all.
 */
export class Missing {
  #gaps: Gap[] = [];

  /** How many wait. Where nobody knows whether there is any, one. */
  get total(): number {
    return this.#gaps.reduce((sum, { count }) => sum + count, 0);
  }

  get isEmpty(): boolean {
    return this.#gaps.length === 0;
  }

  /** Some of them may be of any lane. */
  get isOfAnyLane(): boolean {
    return this.#gaps.some(({ count, isBehind }) => count > 0 && !isBehind);
  }

  /** Some of them may be of a lane that is still to be sent from a number on. */
  isOfLane(behind: number): boolean {
    return this.#gaps.some(({ to, isBehind }) => isBehind && behind <= to);
  }

  /** Both numbers included. @param count of which it is sure that there are so many; `most` is as good a guess as can be had */
  add(from: number, to: number, count: number, most = count): void {
    if (count > 0 && to >= from) this.#gaps.push({ from, to, count, most, isBehind: false, isPassed: false, found: new Set() });
  }

  /** The same of numbers of which some are drained: of what is not, nothing is known. */
  addBehind(from: number, to: number): void {
    if (to >= from) this.#gaps.push({ from, to, count: 1, most: 1, isBehind: true, isPassed: false, found: new Set() });
  }

  /** A message can be read. `counted`: it was missing; `new`: nobody knew that there was one; undefined: it is known. */
  found(sequence: number): 'counted' | 'new' | undefined {
    const gap = this.#gaps.find(({ from, to }) => sequence >= from && sequence <= to);
    if (gap === undefined || gap.found.has(sequence)) return undefined;
    gap.found.add(sequence);
    if (gap.isBehind || gap.count === 0) return 'new';
    gap.count--;
    return 'counted';
  }

  /**
   * Everything before `next` has been passed: what was not found by then is given up. No lane has anything before `low`, so that
   * nothing is found there any more.
   */
  passed(next: number, low: number): Passed {
    let [recovered, dropped] = [0, 0];
    for (const gap of this.#gaps) {
      if (gap.isBehind || gap.isPassed || gap.to >= next) continue;
      const more = gap.found.size > 0 ? 0 : gap.most - gap.count;
      recovered += more;
      dropped += gap.count + more;
      gap.count = 0;
      gap.isPassed = true;
    }
    this.#gaps = this.#gaps.filter(({ to }) => to >= low);
    return { recovered, dropped };
  }
}
