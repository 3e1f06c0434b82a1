/** What the configured output says of itself, for the readiness detail. */
export abstract class OutputHealth {
  /** Shown as it is; no tokens, no addresses of clients. */
  abstract detail(): Record<string, unknown>;
  /**
   * True only for a fault of this process alone, such as its own disk: it takes the pod out. A dead broker hits all pods
   * alike, and is not one.
   */
  abstract isBroken(): boolean;
  /** Why it serves on, but not as it should: one phrase each, nothing when all is well. */
  abstract troubles(): readonly string[];
  /** What it has not looked at yet since it started: one word each. */
  abstract unsettled(): readonly string[];
}

/** Before an output is known, and in tests. */
export const NO_OUTPUT_HEALTH: OutputHealth = { detail: () => ({}), isBroken: () => false, troubles: () => [], unsettled: () => [] };
