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
  /** Whether each of them has a process for recordings beside it. */
  readonly hasReplay: boolean;
  /** MAX_IN_FLIGHT_BYTES, KAFKA_PRODUCER_QUEUE_MIB and `connectionBytes` together: what may be held for requests, brokers and connections. */
  readonly held: number;
}

/**
 * The heap of the process of recordings: what it holds for others lies outside, in buffers. With a young generation of 16 MiB a
 * recording costs a third more. With 128 MiB for the old one it costs 1.7 times as much: at 120 MiB of both V8 collects without end
 * (`npm run bench -- --workloads replay`).
 */
export const REPLAY_PLAN: MemoryPlan = { semiSpaceMib: 24, oldSpaceMib: 256 };
/** Of its old space, while it holds nothing for others: the rest is room without which V8 collects without end, and which it seldom takes. */
const REPLAY_OWN_OLD_MIB = 128;
/** All of it, code and stacks too, while it holds nothing for others. */
export const REPLAY_MIB = 3 * REPLAY_PLAN.semiSpaceMib + REPLAY_OWN_OLD_MIB + 64;
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
export function planMemory({ limit, workers, hasReplay, held }: MemoryNeeds): MemoryPlan {
  if (limit === undefined) return { semiSpaceMib: LARGEST_SEMI_MIB, oldSpaceMib: Math.ceil(held / MIB / workers) + OWN_MIB };
  const whole = (limit / MIB - (workers > 1 ? PRIMARY_MIB : 0)) / workers;
  const share = whole - (hasReplay ? REPLAY_MIB : 0);
  const semiSpaceMib = share >= 768 ? LARGEST_SEMI_MIB : share >= 384 ? 16 : 8;
  const outside = Math.max(LEAST_OUTSIDE_MIB, share * OUTSIDE_SHARE);
  return { semiSpaceMib, oldSpaceMib: Math.max(LEAST_OLD_MIB, Math.floor(share - 3 * semiSpaceMib - outside)) };
}

/** What is reserved is a little less than what is held: of what is inflated, both forms are there for a moment. */
const HELD_FACTOR = 1.25;
/** Past this part of a container somebody is killed by the kernel: with all the others, in Kubernetes. */
const CONTAINER_SHARE = 0.95;

/**
 * What the process of recordings may have of the memory, bytes: what the limits allow it to hold, and what the one that serves leaves
 * to it of their part of the container.
 *
 * @param resident what the one that serves has now, bytes
 */
export function replayBytes({ limit, workers, held, resident }: Omit<MemoryNeeds, 'hasReplay'> & { readonly resident: number }): number {
  const allowed = REPLAY_MIB * MIB + HELD_FACTOR * held;
  if (limit === undefined) return allowed;
  const share = (limit - (workers > 1 ? PRIMARY_MIB * MIB : 0)) / workers;
  return Math.min(allowed, CONTAINER_SHARE * share - resident);
}
