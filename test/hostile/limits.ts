/** What any single request may cost, whatever it holds, in a pod of 1,280 MiB. */
export const LIMITS = {
  /** How long the event loop may stand still, milliseconds; 50 is the goal. */
  loopMs: 200,
  loopGoalMs: 50,
  /** CPU of the process until it is idle again. */
  cpuSeconds: 2,
  /** Resident at most, from the start of the process. */
  peakMib: 700,
  /** How long an honest request may take that is sent meanwhile. */
  honestMs: 1000,
} as const;

/** The heap of such a pod. */
export const HEAP_OPTIONS = ['--max-old-space-size=732', '--max-semi-space-size=32'] as const;

/** A case that is not answered by then has failed. */
export const ANSWER_MS = 20_000;
