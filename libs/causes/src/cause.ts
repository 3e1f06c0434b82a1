/** Why something did not go as its sender meant, in the words of the pages that explain it. */
export interface Cause {
  /** One line. */
  readonly title: string;
  /** What happened, and what became of the event. */
  readonly means: string;
  /** Where it comes from, as far as we have seen it. */
  readonly who: string;
  /** What to do about it. */
  readonly remedy: string;
  /** For the answer itself, where its detail does not already say what to do: one short sentence. */
  readonly hint?: string;
}

/** Refuses a request as a whole. */
export interface Refusal extends Cause {
  /** 4xx never succeeds later, 503 does: SDKs drop on the one and resend on the other. */
  readonly status: number;
  /** Wire behaviour: SDK tests and log searches of a decade rely on this exact prefix of the answer. Our detail follows after `: `. */
  readonly says: string;
  /** The label under which its events are counted, where existing dashboards know another one than its name. */
  readonly label?: string;
}
