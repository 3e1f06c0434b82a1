/** Takes an event's message so many times, and answers by status when all of them are acknowledged. */
export interface Lane {
  add(count: number, value: Buffer, answer: (status: number) => void): void;
}

/** Events, and recordings compressed with lz4: as the gateway's defaults are. */
export interface Lanes {
  readonly events: Lane;
  readonly recordings: Lane;
}

export interface LanesOptions {
  readonly hosts: string;
  readonly topic: string;
  readonly replayTopic: string;
  /** Take turns. */
  readonly keys: readonly string[];
  /** The gateway's: the same bytes on the wire, so that the ratio compares work and not formats. */
  readonly headers: Readonly<Record<string, string>>;
}
