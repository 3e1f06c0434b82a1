import { escapeText, writeEscaped } from '@app/vector';
import type { CaptureContext } from './capture-context.js';
import type { CapturedEvent } from './captured-event.js';
import { isoTime } from './iso-time.js';
import type { Route } from './route.js';

/** What a consumer will read: one record of a topic, or one entry of the embedded log. */
export interface OutgoingMessage {
  readonly route: Route;
  /** Only with route `custom`. */
  readonly topic: string | undefined;
  readonly key: string | null;
  /** The envelope: UTF-8 JSON. */
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const NEEDS_CARE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/** `text` as a JSON string literal in binary text (one char per UTF-8 byte). */
function literal(text: string): string {
  // 9 in 10 ids are plain ASCII, for which quoting is all there is to do.
  if (!NEEDS_CARE.test(text)) return `"${text}"`;
  return Buffer.from(JSON.stringify(text.toWellFormed())).toString('latin1');
}

/*
 * The envelope that consumers know (fields and order as the reference service writes them), as binary text in two halves
 * around the event's own JSON, which stands in it as a string. That JSON is escaped bytes to bytes (`escapeText`), without a
 * text of it being made: the halves and it together take 0.6 µs, where stringifying it within one text took 1.9.
 */
export function envelopeBefore(event: CapturedEvent): string {
  return `{"uuid":"${event.uuid}","distinct_id":${literal(event.distinctId)},"ip":"${event.ip}","data":"`;
}

export function envelopeAfter(event: CapturedEvent, context: CaptureContext): string {
  return (
    `","now":"${context.nowText}"` +
    (context.sentAtText === undefined ? '' : `,"sent_at":"${context.sentAtText}"`) +
    `,"token":${literal(event.token)},"event":${literal(event.name)},"timestamp":"${isoTime(event.timestamp)}"` +
    (event.isCookieless ? ',"is_cookieless_mode":true' : '') +
    (event.isHistorical ? ',"historical_migration":true}' : '}')
  );
}

/** The message with its envelope and headers, for sinks that don't write records of their own. */
export function encodeMessage(event: CapturedEvent, context: CaptureContext): OutgoingMessage {
  const { route, topic, partitionKey: key } = event;
  return { route, topic, key, value: envelope(event, context), headers: messageHeaders(event, context) };
}

function envelope(event: CapturedEvent, context: CaptureContext): Buffer {
  const before = envelopeBefore(event);
  const after = envelopeAfter(event, context);
  const size = escapeText(event.data);
  const value = Buffer.allocUnsafe(before.length + size + after.length);
  value.latin1Write(before, 0);
  writeEscaped(value, before.length);
  value.latin1Write(after, before.length + size);
  return value;
}

/** The headers that consumers route by without opening the envelope. */
export function messageHeaders(event: CapturedEvent, context: CaptureContext): Record<string, string> {
  const headers: Record<string, string> = {
    token: event.token,
    distinct_id: event.distinctId,
    timestamp: String(event.timestamp),
    event: event.name,
    uuid: event.uuid,
    now: context.nowText,
  };
  if (event.ipHash !== undefined) headers.ip_hash = event.ipHash;
  if (event.sessionId !== undefined) headers.session_id = event.sessionId;
  if (event.disablePersonProcessing) headers.force_disable_person_processing = 'true';
  if (event.isHistorical) headers.historical_migration = 'true';
  if (event.skipHeatmapProcessing) headers.skip_heatmap_processing = 'true';
  if (event.dlqReason !== undefined) {
    headers.dlq_reason = event.dlqReason;
    headers.dlq_step = 'capture';
    headers.dlq_timestamp = context.nowText;
  }
  if (context.traceparent !== undefined) headers.traceparent = context.traceparent;
  return headers;
}
