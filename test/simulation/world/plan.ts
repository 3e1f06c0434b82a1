import type { SeededRandom } from '@app/testing';

/** What differs from seed to seed beside the faults. */
export interface Plan {
  readonly messages: number;
  readonly deadlineMs: number;
  readonly queueBytes: number;
  readonly spoolBytes: number;
  readonly nodes: number;
  /** Milliseconds in which the messages are sent, and the faults happen. */
  readonly busyMs: number;
  /** Of events in the spool; 0 keeps them. */
  readonly maxAgeHours: number;
  /** Recordings lie between the events. */
  readonly recordings: number;
}

export const TOPICS = { events: 3, replay: 1, dlq: 1 } as const;
export const TOKENS = ['phc_a', 'phc_b'] as const;
export const MESSAGE_MAX_BYTES = 20_000;
export const RECORDING_MAX_BYTES = 400_000;

export function planFor(random: SeededRandom): Plan {
  const isLarge = random.chance(0.05);
  return {
    messages: 2000 + random.int(400),
    deadlineMs: 500 + random.int(1500),
    queueBytes: isLarge ? 8_000_000 : random.pick([1_500_000, 4_000_000]),
    spoolBytes: isLarge ? 24_000_000 : random.pick([250_000, 1_000_000, 4_000_000]),
    nodes: 3,
    busyMs: 40_000 + random.int(50_000),
    maxAgeHours: random.chance(0.1) ? 0.004 : 0,
    recordings: isLarge ? 50 : 5,
  };
}
