import type { Clock } from '@app/event';
import { FadingNumbers } from '../overflow/fading-numbers.js';
import { hashOf } from '../overflow/hashed-numbers.js';
import type { Thresholds } from './thresholds.js';
import type { WindowStore } from './window-store.js';

export interface GlobalRate {
  readonly windowMs: number;
  readonly syncMs: number;
  readonly maxKeys: number;
}

/** A key that sends enough to be compared with the other pods. */
interface BusyKey {
  threshold: number;
  /** Counted here since the last sync. */
  pending: number;
  /** Of all pods at the last sync, weighted by how far the window has moved. */
  level: number;
  syncedAt: number | undefined;
}

/** Ids below 1/256 of their threshold per sync never reach Redis: that is nearly all of them. */
const QUIET_SHARE = 256;
const MOST_BUSY_KEYS = 50_000;
const MOST_PER_TICK = 5000;

/**
 * A sliding-window counter by key that all pods share. Requests only count in memory and compare with what was last known;
 * `sync`, every tick, adds what was counted to Redis and takes over everybody's. Between syncs a level drains as the
 * window moves. Without Redis what is known drains away and nothing is limited any more: it fails open.
 */
export class GlobalRateLimiter {
  /** All ids: what this pod counted since the window began. */
  private counts: FadingNumbers;
  private readonly busy = new Map<string, BusyKey>();
  private window = 0;

  constructor(
    private readonly rate: GlobalRate,
    private readonly thresholds: Thresholds,
    private readonly store: WindowStore,
    private readonly clock: Clock,
  ) {
    this.counts = new FadingNumbers(rate.maxKeys);
  }

  /** Counts one event of `key` and says whether all pods together are over its threshold. */
  isLimited(token: string, key: string): boolean {
    const known = this.busy.get(key);
    if (known !== undefined) {
      known.pending++;
      return this.levelOf(known) > known.threshold;
    }
    const threshold = this.thresholds.of(token, key);
    const hash = hashOf(key);
    const count = (this.counts.get(hash) ?? 0) + 1;
    const isQuiet = count < (threshold * this.rate.syncMs) / this.rate.windowMs / QUIET_SHARE;
    if (isQuiet || this.busy.size >= MOST_BUSY_KEYS) {
      this.counts.set(hash, count);
      return false;
    }
    // From here on it is counted there; a second time it must not bring these along.
    this.counts.set(hash, 0);
    this.busy.set(key, { threshold, pending: count, level: 0, syncedAt: undefined });
    return false;
  }

  /** @throws what the store throws */
  async sync(): Promise<void> {
    const wall = this.clock.now();
    const window = Math.floor(wall / this.rate.windowMs);
    if (window !== this.window) this.counts.turn();
    this.window = window;
    const due = this.takeDue();
    if (due.length === 0) return;
    const amounts = due.map(([key, { pending }]) => [key, pending] as const);
    // Before the answer comes more may be counted; if none comes, this is forgotten rather than counted twice.
    for (const [, key] of due) key.pending = 0;
    const progress = (wall % this.rate.windowMs) / this.rate.windowMs;
    const counts = await this.store.add(window, amounts);
    const now = this.clock.monotonic();
    due.forEach(([, key], i) => {
      const { current, previous } = counts[i];
      key.level = previous * (1 - progress) + current;
      key.syncedAt = now;
    });
  }

  /** Keys remembered in any way. */
  get size(): number {
    return this.counts.size + this.busy.size;
  }

  private takeDue(): [string, BusyKey][] {
    const now = this.clock.monotonic();
    const due: [string, BusyKey][] = [];
    for (const entry of this.busy) {
      const [name, key] = entry;
      if (key.pending === 0 && this.levelOf(key) <= 0) this.busy.delete(name);
      else if (this.isDue(key, now) && due.length < MOST_PER_TICK) due.push(entry);
    }
    return due;
  }

  /** Keys near their threshold are compared twice as often. */
  private isDue(key: BusyKey, now: number): boolean {
    if (key.syncedAt === undefined) return true;
    const interval = this.levelOf(key) >= 0.8 * key.threshold ? this.rate.syncMs / 2 : this.rate.syncMs;
    return now - key.syncedAt >= interval;
  }

  private levelOf({ level, pending, threshold, syncedAt }: BusyKey): number {
    // Never compared: what this pod alone counted is no proof.
    if (syncedAt === undefined) return 0;
    const drained = (threshold * (this.clock.monotonic() - syncedAt)) / this.rate.windowMs;
    const isCut = this.clock.monotonic() - syncedAt > this.rate.windowMs;
    return Math.max(0, level - drained) + (isCut ? 0 : pending);
  }
}
