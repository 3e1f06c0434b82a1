/** What is known of the request that carried an event; one object a request, shared by all its events. */
export interface CaptureContext {
  /** When the request was received, Unix milliseconds. */
  readonly now: number;
  /** `now` as RFC 3339 UTC with milliseconds. */
  readonly nowText: string;
  /** The route's template, without a trailing slash: `/e`, `/batch`, `/i/v0/e`. Bounded: safe as a metric label. */
  readonly path: string;
  /** The client's address as the proxies tell it, before any project's IP mode. */
  readonly ip: string;
  readonly userAgent: string;
  /** When the SDK sent the request, Unix milliseconds by the client's clock; undefined when it did not say. */
  readonly sentAt: number | undefined;
  /** `sentAt` as RFC 3339 UTC. */
  readonly sentAtText: string | undefined;
  /** The browser asks not to be tracked: `DNT: 1` or `Sec-GPC: 1`. The project's setting decides what that means. */
  readonly doNotTrack: boolean;
  /** The batch said `historical_migration: true`, or the project's setting does. */
  readonly isHistorical: boolean;
  /** Only of a traced request whose consumers are to continue the trace: W3C's header for its messages. */
  readonly traceparent?: string;
}
