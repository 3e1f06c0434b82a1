import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBody } from '../corpus/runner.js';

/** One line of a `*.jsonl` file of this directory; README.md beside it is the reference. */
export interface WildCase {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  /** Of what kind it is, for those that we made up. */
  readonly kind?: string;
  /** What the gateway is started with, beside its defaults. */
  readonly env?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly body_b64?: string;
  /** Steps over the body's bytes, as in `test/corpus`. */
  readonly encode?: readonly string[];
  /** All that is written to a connection, in place of a request. */
  readonly raw_http?: string;
  readonly raw_http_b64?: string;
  readonly expect: WildExpectation;
}

export interface WildExpectation {
  /** Or any of these. */
  readonly status?: number | readonly number[];
  /** Of the first answer on the connection. */
  readonly first_status?: number;
  /** In this order of all answers on the connection. */
  readonly statuses?: readonly number[];
  readonly body_has?: string | { readonly $re: string; readonly flags?: string };
  readonly body_is?: string;
  readonly header_is?: Readonly<Record<string, string>>;
  readonly events?: readonly WildEvent[];
  readonly events_if_200?: readonly WildEvent[];
}

export interface WildEvent {
  readonly event: string;
  readonly distinct_id?: string;
  readonly route?: string;
  readonly timestamp?: string;
  /** Milliseconds that it may be from when the request came. */
  readonly timestamp_near_now?: number;
  /** The event's own JSON, byte for byte. */
  readonly data?: string;
}

export function readWildCases(file: string): readonly WildCase[] {
  const lines = readFileSync(join(import.meta.dirname, file), 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as WildCase);
}

export function bodyOf({ body, body_b64: base64, encode = [] }: WildCase): Buffer | undefined {
  const plain = base64 === undefined ? body && Buffer.from(body) : Buffer.from(base64, 'base64');
  return plain ? encodeBody(plain, encode) : undefined;
}

/** Undefined for what is an ordinary request. */
export function rawBytesOf({ raw_http: text, raw_http_b64: base64 }: WildCase): Buffer | undefined {
  if (text !== undefined) return Buffer.from(text, 'latin1');
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}
