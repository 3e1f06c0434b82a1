import type { Clock } from '@app/event';

/** A request that has had no answer for so long makes us ask the broker whether it is there. */
const ASK_AFTER_MS = 300;
/** How long it may take to say so, at least; a broker that is far away has four times its own way. */
const LEAST_PATIENCE_MS = 500;
const WAYS = 4;
/** While nothing is wrong it is asked now and then: that keeps the connection open, and says how far away the broker is. */
const KEEP_MS = 30_000;
const LOOK_MS = 50;

interface Watched {
  /** Requests without an answer. */
  underWay: number;
  /** When it last answered anything, or had nothing to answer; monotonic milliseconds. */
  heardAt: number;
  /** Since when a question has been waiting for its answer. */
  askedAt: number | undefined;
  nextAskAt: number;
  /** Unlimited until it has answered once: opening a connection takes several ways. */
  patienceMs: number;
  isSilent: boolean;
}

/**
 * Tells a broker that is frozen, or cut off, from one that is slow. A slow one (its disk, its replicas, much to do) still
 * answers a small question on another connection; a frozen one answers nothing. So nobody has to wait for the delivery
 * deadline to learn that a broker is gone, and nothing is stored for a broker that only takes its time.
 */
export class BrokerWatch {
  readonly #leaders = new Map<number, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #lookAt = 0;

  constructor(
    private readonly clock: Clock,
    /** Resolves when that broker has answered a question; undefined where nobody can ask. */
    private readonly ask: (leader: number) => Promise<void> | undefined,
    private readonly silent: (leader: number) => void,
  ) {}

  /** A request is on its way to this leader. */
  sent(leader: number): void {
    const watched = this.#of(leader);
    if (watched.underWay++ === 0) watched.heardAt = this.clock.monotonic();
    if (this.#timer === undefined) this.#lookSoon(this.clock.monotonic());
  }

  /** That request has ended. @param isAnswered by the broker, whatever it said */
  ended(leader: number, isAnswered: boolean): void {
    const watched = this.#of(leader);
    watched.underWay--;
    if (isAnswered) this.#heard(watched);
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.clock.monotonic();
    // While this process did not turn, nobody could be heard: that time is not the broker's.
    const held = Math.max(0, now - this.#lookAt - LOOK_MS);
    let isAnythingUnderWay = false;
    for (const [leader, watched] of this.#leaders) {
      watched.heardAt = Math.min(now, watched.heardAt + held);
      if (watched.askedAt !== undefined) watched.askedAt = Math.min(now, watched.askedAt + held);
      if (watched.underWay === 0) continue;
      isAnythingUnderWay = true;
      this.#judge(leader, watched, now);
    }
    if (isAnythingUnderWay) this.#lookSoon(now);
  }

  #lookSoon(now: number): void {
    this.#lookAt = now + LOOK_MS;
    this.#timer = setTimeout(() => this.#look(), LOOK_MS).unref();
  }

  #judge(leader: number, watched: Watched, now: number): void {
    const isQuiet = now - watched.heardAt >= ASK_AFTER_MS;
    if (watched.askedAt === undefined && (isQuiet || now >= watched.nextAskAt)) this.#ask(leader, watched, now);
    // A question may hang on a connection that is cut, of a broker that was heard on another one since.
    else if (isQuiet && !watched.isSilent && now - Math.max(watched.askedAt ?? now, watched.heardAt) >= watched.patienceMs) {
      watched.isSilent = true;
      this.silent(leader);
    }
  }

  #ask(leader: number, watched: Watched, now: number): void {
    const answer = this.ask(leader);
    if (answer === undefined) return;
    watched.askedAt = now;
    watched.nextAskAt = now + KEEP_MS;
    void this.#await(answer, watched);
  }

  async #await(answer: Promise<void>, watched: Watched): Promise<void> {
    try {
      await answer;
      const patienceMs = Math.max(LEAST_PATIENCE_MS, WAYS * (this.clock.monotonic() - watched.askedAt!));
      // It may have been frozen, which says nothing of how far away it is: the next answer does.
      if (patienceMs > watched.patienceMs) watched.nextAskAt = 0;
      watched.patienceMs = patienceMs;
      this.#heard(watched);
    } catch {
      // Refused or cut: the requests that are under way hear the same, and say so.
    }
    watched.askedAt = undefined;
  }

  #heard(watched: Watched): void {
    watched.heardAt = this.clock.monotonic();
    watched.isSilent = false;
  }

  #of(leader: number): Watched {
    let watched = this.#leaders.get(leader);
    if (watched === undefined) {
      watched = { underWay: 0, heardAt: 0, askedAt: undefined, nextAskAt: 0, patienceMs: Infinity, isSilent: false };
      this.#leaders.set(leader, watched);
    }
    return watched;
  }
}
