export interface KeyCount {
  readonly key: string;
  /** Never too low; too high by at most `error`. */
  readonly count: number;
  readonly error: number;
}

interface Counter {
  count: number;
  error: number;
}

/**
 * The busiest of any number of keys, in bounded memory: when all places are taken a newcomer takes over the least counter
 * (the space-saving sketch), so that whoever has more than 1/`capacity` of the total is in it.
 */
export class BusiestKeys {
  private readonly counters = new Map<string, Counter>();

  constructor(private readonly capacity: number) {}

  add(key: string, amount = 1): void {
    const known = this.counters.get(key);
    if (known !== undefined) {
      known.count += amount;
      return;
    }
    if (this.counters.size < this.capacity) {
      this.counters.set(key, { count: amount, error: 0 });
      return;
    }
    const [leastKey, least] = this.least();
    this.counters.delete(leastKey);
    this.counters.set(key, { count: least.count + amount, error: least.count });
  }

  /** The `limit` busiest, the busiest first. */
  top(limit: number): readonly KeyCount[] {
    return [...this.counters]
      .map(([key, { count, error }]) => ({ key, count, error }))
      .toSorted((a, b) => b.count - a.count)
      .slice(0, limit);
  }

  /** The past weighs half as much from now on. */
  halve(): void {
    for (const [key, counter] of this.counters) {
      counter.count /= 2;
      counter.error /= 2;
      if (counter.count < 0.5) this.counters.delete(key);
    }
  }

  private least(): [string, Counter] {
    let found: [string, Counter] | undefined;
    for (const entry of this.counters) if (found === undefined || entry[1].count < found[1].count) found = entry;
    return found!;
  }
}
