/** Text is written as UTF-8; a list becomes one header a value, as kafkajs does it. */
export type HeaderValue = string | Buffer | readonly (string | Buffer)[] | undefined;

/** One message on its way to a topic. */
export interface ProducedMessage {
  readonly topic: string;
  /** Orders messages within a partition; null spreads them. */
  readonly key: string | Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  /** Overrides the key's choice. */
  readonly partition?: number | undefined;
  /** Unix milliseconds; the time of sending if not given. */
  readonly timestamp?: number | undefined;
}
