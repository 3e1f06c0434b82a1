import type { Resource } from './resource.js';
import type { Route } from './route.js';

/**
 * One event, normalised: what every processor and sink sees. Immutable: a processor that changes something returns
 * a copy (`{ ...event, route: 'audit' }`).
 */
export interface CapturedEvent {
  /** Position in the request, from 0. */
  readonly index: number;
  /**
   * How many events of the request it stands for, for the ledger: 1; 0 when the gateway made it out of an event that
   * goes on as well (an extracted heatmap); any number for a part of merged snapshots.
   */
  readonly inputs: number;
  /** Project API key: ASCII, 1-64 characters, trimmed. */
  readonly token: string;
  /** Lower-case UUID; the event's own, or a version 7 seeded from `timestamp`. */
  readonly uuid: string;
  /** The wire's `event`: the event's name, never empty. */
  readonly name: string;
  /**
   * The quota that it was admitted under, and is counted under when it is accepted: of what was sent, so a processor that
   * changes the name or the data leaves it as it is.
   */
  readonly resource: Resource;
  /** 1-200 Unicode scalar values, no NUL. */
  readonly distinctId: string;
  /** Client address as text; empty when the project keeps none. */
  readonly ip: string;
  /** Becomes the header `ip_hash`: what a project with the IP mode `hash` keeps of the address. */
  readonly ipHash: string | undefined;
  /** When it happened, Unix milliseconds, computed from timestamp, sent_at and offset. */
  readonly timestamp: number;
  /**
   * The event's JSON exactly as it was sent (after the closed table of edits), as *binary text*: one char (0-255)
   * per UTF-8 byte. Use `parseData` to read it.
   */
  readonly data: string;
  /** `properties.$session_id`, if it is a string. */
  readonly sessionId: string | undefined;
  readonly isCookieless: boolean;
  readonly isHistorical: boolean;
  /** Becomes the header `force_disable_person_processing`. */
  readonly disablePersonProcessing: boolean;
  /** Becomes the header `skip_heatmap_processing`: its heatmap was extracted into an event of its own. */
  readonly skipHeatmapProcessing: boolean;
  readonly route: Route;
  /** Only with route `custom`: the topic that a restriction redirects to. */
  readonly topic: string | undefined;
  /** Only with route `dlq`: why (header `dlq_reason`). */
  readonly dlqReason: string | undefined;
  /** Orders events within a partition; null spreads them. Never an empty string: it would pin one partition. */
  readonly partitionKey: string | null;
}

/** The event's JSON as a value. Numbers beyond 2^53 lose digits here, never in `data` itself. */
export function parseData(event: CapturedEvent): Record<string, unknown> {
  return JSON.parse(Buffer.from(event.data, 'latin1').toString()) as Record<string, unknown>;
}
