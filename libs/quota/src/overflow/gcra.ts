import { FadingNumbers } from './fading-numbers.js';
import { hashOf } from './hashed-numbers.js';

export interface Rate {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

const GENERATION_MS = 60_000;
/** A sum of intervals must not fall short of itself by the last bit. */
const EPSILON_MS = 1e-6;

/**
 * The generic cell rate algorithm by key: one number each, the time at which the key's next event would be exactly on
 * schedule. An event more than a burst ahead of its schedule is limited and changes nothing.
 */
export class Gcra {
  private readonly intervalMs: number;
  private readonly toleranceMs: number;
  private readonly generationMs: number;
  private readonly due: FadingNumbers;
  private turnAt: number | undefined;

  constructor({ perSecond, burst }: Rate, maxKeys: number) {
    this.intervalMs = 1000 / perSecond;
    this.toleranceMs = this.intervalMs * (burst - 1);
    this.due = new FadingNumbers(maxKeys);
    // A key not seen for as long as its burst takes to drain is like new: forgetting it changes no answer. Jittered, so
    // that pods started together don't turn together.
    this.generationMs = Math.max(GENERATION_MS, this.toleranceMs + this.intervalMs) * (1 + Math.random() / 6);
  }

  /** Keys remembered. */
  get size(): number {
    return this.due.size;
  }

  /** Takes one event of `key` into account. @param now monotonic milliseconds */
  isLimited(key: string, now: number): boolean {
    this.turnAt ??= now + this.generationMs;
    if (now >= this.turnAt) {
      this.due.turn();
      this.turnAt = now + this.generationMs;
    }
    const hash = hashOf(key);
    const due = Math.max(this.due.get(hash) ?? now, now);
    if (due - now > this.toleranceMs + EPSILON_MS) return true;
    this.due.set(hash, due + this.intervalMs);
    return false;
  }
}
