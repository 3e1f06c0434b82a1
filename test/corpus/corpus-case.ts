/** One line of a `*.jsonl` file: a request, and everything that must come of it. README.md beside this file is the reference. */
export interface CorpusCase {
  /** Unique over all files; the row of the protocol page for cases that come from its list (`B18`). */
  readonly id: string;
  readonly title: string;
  /** Where the expectation comes from: a section, a row, a fact about an SDK. */
  readonly source: string;
  /** The decision by which this gateway answers otherwise than the reference. */
  readonly decision?: number;
  /** The spec that proves it, where one request and its messages cannot: counted, not run. */
  readonly elsewhere?: string;
  /** Why no request can bring it about: counted, not run. */
  readonly unreachable?: string;
  /** `kafka`: only a real broker's sink shows it. */
  readonly needs?: 'kafka';
  /** What the gateway is started with, on top of its defaults; `{{corpus}}` in it is this directory. */
  readonly env?: Readonly<Record<string, string>>;
  readonly request?: CorpusRequest;
  readonly expect?: CorpusExpectation;
}

export interface CorpusRequest {
  readonly method?: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, a value to be serialised, or bytes in base64. */
  readonly body?: string | { readonly json: unknown } | { readonly base64: string };
  /** Steps over the body's bytes, first to last; names in encode-body.ts. */
  readonly encode?: readonly string[];
}

export interface CorpusExpectation {
  readonly status: number;
  /** Text: exact. `{prefix}`: the text begins so. Anything else: the answer is JSON and equals it. Absent: not looked at. */
  readonly body?: unknown;
  /** A subset; names in lower case. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** All messages, in order within a route. Absent: none. */
  readonly messages?: readonly ExpectedMessage[];
}

export interface ExpectedMessage {
  /** The lane; `main` when absent. */
  readonly route?: string;
  /** `token:distinct_id` when absent. */
  readonly key?: string | null;
  /** A subset. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** A subset of the envelope. */
  readonly envelope?: Readonly<Record<string, unknown>>;
  readonly data?: ExpectedData;
}

export interface ExpectedData {
  /** `data` parses to this. */
  readonly equals?: unknown;
  /** `data` parses to an object that has at least this. */
  readonly contains?: Readonly<Record<string, unknown>>;
  /** `data` is this text, byte for byte. */
  readonly raw?: string;
  /** `data` is, byte for byte, the event at this position of the body. */
  readonly sent?: number;
}

/** The request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A message as a consumer reads it. */
export interface SeenMessage {
  readonly route: string;
  /** Only with route `custom`. */
  readonly topic?: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The envelope's text. */
  readonly value: string;
}
