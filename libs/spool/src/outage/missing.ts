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
  /** How many messages there may be, at most, in those of its bytes that were given up, and that nobody was told of. */
  lost: number;
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
    if (count > 0 && to >= from) this.#gaps.push({ from, to, count, most, isBehind: false, isPassed: false, found: new Set(), lost: 0 });
  }

  /** The same of numbers of which some are drained: of what is not, nothing is known. */
  addBehind(from: number, to: number): void {
    if (to >= from) this.#gaps.push({ from, to, count: 1, most: 1, isBehind: true, isPassed: false, found: new Set(), lost: 0 });
  }

  /** A message can be read. @returns whether it was missing, and not found before */
  found(sequence: number): boolean {
    const gap = this.#gaps.find(({ from, to }) => sequence >= from && sequence <= to);
    if (gap === undefined || gap.found.has(sequence)) return false;
    gap.found.add(sequence);
    if (!gap.isBehind && gap.count > 0) gap.count--;
    return true;
  }

  /**
   * Bytes between these numbers, the second one not included, are given up.
   *
   * @param most records that they may hold
   * @returns how many of the numbers are those of messages that are missing still
   */
  lose(from: number, to: number, most: number): number {
    let [missing, left] = [0, most];
    for (const gap of this.#gaps) {
      const numbers = Math.min(to, gap.to + 1) - Math.max(from, gap.from);
      if (numbers <= 0) continue;
      const lost = Math.min(left, numbers);
      if (!gap.isPassed) gap.lost += lost;
      left -= lost;
      missing += numbers;
      for (const sequence of gap.found) if (sequence >= from && sequence < to) missing--;
    }
    return missing;
  }

  /** How many are given up before `next`, at most, that nobody was told of: the rest of their gaps is still to be read. */
  untold(next: number): number {
    return this.#gaps.reduce((sum, { from, lost, isPassed }) => sum + (isPassed || from >= next ? 0 : lost), 0);
  }

  /**
   * Everything before `next` has been passed. What was not found by then is given up if its bytes were; else it was never there: numbers
   * of appends that failed, or of messages that are drained. No lane has anything before `low`, so that nothing is found there
   * any more.
   *
   * @returns how many are given up, at most: which numbers were those of messages nobody can tell
   */
  passed(next: number, low: number): number {
    let dropped = 0;
    for (const gap of this.#gaps) {
      if (gap.isPassed || gap.to >= next) continue;
      const notFound = gap.to - gap.from + 1 - gap.found.size;
      dropped += Math.min(gap.lost, gap.isBehind ? notFound : gap.found.size > 0 ? gap.count : gap.most);
      gap.lost = 0;
      if (gap.isBehind) continue;
      gap.count = 0;
      gap.isPassed = true;
    }
    this.#gaps = this.#gaps.filter(({ to }) => to >= low);
    return dropped;
  }
}
