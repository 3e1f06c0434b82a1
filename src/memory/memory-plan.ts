const MIB = 2 ** 20;

/** Sizes of V8's heap, MiB. */
export interface MemoryPlan {
  /** One of the semi-spaces of the young generation, which takes up to three of them. */
  readonly semiSpaceMib: number;
  readonly oldSpaceMib: number;
}

export interface MemoryNeeds {
  /** What the container may use, bytes; undefined for no limit. */
  readonly limit: number | undefined;
  /** Processes that share it. */
  readonly workers: number;
  /** Whether each of them has a thread for recordings. */
  readonly hasThread: boolean;
  /** MAX_IN_FLIGHT_BYTES and KAFKA_PRODUCER_QUEUE_MIB together, bytes: what may be held for requests and for brokers. */
  readonly held: number;
}

/** The heap of the thread of recordings: what it holds for others lies outside, in buffers. */
export const THREAD_YOUNG_MIB = 48;
export const THREAD_OLD_MIB = 128;
/** The primary beside its workers: it serves nothing. */
const PRIMARY_MIB = 96;
/** Code, stacks and V8's own, whatever the size; and what is read from sockets lies outside the heap too. */
const LEAST_OUTSIDE_MIB = 80;
const OUTSIDE_SHARE = 0.25;
/** Below this nothing starts. */
const LEAST_OLD_MIB = 96;
/** V8's own choice. Smaller ones are full sooner, and what is under way when they are is copied, and becomes old (docs/sizing.md). */
const LARGEST_SEMI_MIB = 32;
/** What a gateway has beside what it holds for others: its code's objects, projects, ids that limiters remember. */
const OWN_MIB = 256;

/** How large V8's heap may grow, so that the process stays within its part of the container. */
export function planMemory({ limit, workers, hasThread, held }: MemoryNeeds): MemoryPlan {
  if (limit === undefined) return { semiSpaceMib: LARGEST_SEMI_MIB, oldSpaceMib: Math.ceil(held / MIB / workers) + OWN_MIB };
  const whole = (limit / MIB - (workers > 1 ? PRIMARY_MIB : 0)) / workers;
  const share = whole - (hasThread ? THREAD_YOUNG_MIB + THREAD_OLD_MIB : 0);
  const semiSpaceMib = share >= 768 ? LARGEST_SEMI_MIB : share >= 384 ? 16 : 8;
  const outside = Math.max(LEAST_OUTSIDE_MIB, share * OUTSIDE_SHARE);
  return { semiSpaceMib, oldSpaceMib: Math.max(LEAST_OLD_MIB, Math.floor(share - 3 * semiSpaceMib - outside)) };
}
