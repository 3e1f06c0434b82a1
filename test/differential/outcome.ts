/** What a request comes to, in a form that two implementations can be compared by. */
export type Outcome =
  | { readonly refusal: string }
  | { readonly messages: readonly Message[]; readonly dropped: readonly Dropped[]; readonly recordings: readonly Recording[] };

export interface Message {
  readonly route: string;
  readonly key: string | null;
  /** UTF-8, as text. */
  readonly envelope: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface Dropped {
  readonly index: number;
  readonly uuid: string | undefined;
  readonly cause: string;
  /** What the request is refused with if nothing survives; none for what is dropped silently. */
  readonly refusal: string | undefined;
}

/** What the replay room is given of a `$snapshot`. */
export interface Recording {
  readonly index: number;
  readonly isBad: boolean;
  readonly token: string | undefined;
  readonly sessionId: string | undefined;
  readonly windowId: string | undefined;
  /** `$snapshot_data` as it was sent. */
  readonly data: string | undefined;
  readonly isList: boolean;
  readonly escapedBytes: number;
}
