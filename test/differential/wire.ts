/** One request, as far as it decides what becomes of its events; and the limits and rules it meets. */
export interface Wire {
  /** Route template, without a trailing slash. */
  readonly path: string;
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly query: { readonly data?: string; readonly compression?: string; readonly _?: string };
  readonly ip: string;
  /** When it was received, Unix milliseconds. */
  readonly now: number;
  readonly policy: 'lenient' | 'strict';
  readonly maxInflatedBytes: number;
  readonly maxDepth: number;
  readonly maxEvents: number;
}
