/** Something that is to happen at a time. */
export interface Due {
  /** Monotonic milliseconds. */
  readonly at: number;
  /** Of two at one time the lower comes first. */
  readonly order: number;
}

/** What is to happen, soonest first: a binary heap. */
export class TimerQueue<T extends Due> {
  #heap: T[] = [];

  get next(): T | undefined {
    return this.#heap[0];
  }

  clear(): void {
    this.#heap = [];
  }

  push(one: T): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent], one)) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = one;
  }

  shift(): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (isBefore(last, heap[child])) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
