/** What became of one request. */
export interface RequestRecord {
  readonly key: number;
  /** Of its first event; the others follow. */
  readonly sequence: number;
  readonly events: number;
  /** 0 when there was no answer. */
  readonly status: number;
  /** `Inlet-Ack`; empty when there is none. */
  readonly ack: string;
  /** `Retry-After`, or the reason why there was no answer. */
  readonly detail: string;
  /** When it was due, Unix milliseconds with fractions. */
  readonly due: number;
  /** From then until the answer was there, milliseconds. */
  readonly ms: number;
}

/** Told by the generator several times a second. */
export interface Progress {
  readonly offered: number;
  readonly answered: number;
  readonly acknowledged: number;
  readonly inFlight: number;
  /** `Inlet-Ack` of the latest 200. */
  readonly ack: string;
  /** Status of the latest answer, 0 for none. */
  readonly status: number;
}

export interface LoadReport {
  /** Events that were due; all of them were sent, or the run was cut. */
  readonly offered: number;
  /** Most events without an answer at a time. */
  readonly peakInFlight: number;
}

/** One line a request. */
export function recordToLine(r: RequestRecord): string {
  return JSON.stringify([r.key, r.sequence, r.events, r.status, r.ack, r.detail, Math.round(r.due * 10) / 10, Math.round(r.ms * 10) / 10]);
}

export function recordOfLine(line: string): RequestRecord {
  const [key, sequence, events, status, ack, detail, due, ms] = JSON.parse(line) as [
    number,
    number,
    number,
    number,
    string,
    string,
    number,
    number,
  ];
  return { key, sequence, events, status, ack, detail, due, ms };
}
