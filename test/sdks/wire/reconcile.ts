import type { TopicMessage } from '@app/testing';
import { CAPTURE_PATH } from './capture-path.ts';
import { decodeRequest, distinctIdOf, tokenOf, type DecodedRequest, type WireEvent } from './decode-request.ts';
import { expectedTime, instant, sentAtOf } from './event-time.ts';
import type { Recorded } from './recorder.ts';
import { isStrict, strictProperties } from './strict.ts';
import { edited, exactText, parseExactly } from './source-json.ts';

/** One event in one request that went out. */
export interface SentEvent {
  readonly event: WireEvent;
  readonly decoded: DecodedRequest;
  readonly request: Recorded;
}

export interface FoundEvent {
  readonly lane: string;
  readonly message: TopicMessage;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly data: WireEvent;
}

/** Every event in the capture requests, those that were refused too. */
export function sentEvents(requests: readonly Recorded[]): SentEvent[] {
  return requests
    .filter(({ method, url }) => method === 'POST' && CAPTURE_PATH.test(url))
    .flatMap((request) => {
      const decoded = decodeRequest(request);
      return decoded.events.map((event) => ({ event, decoded, request }));
    });
}

/** 200, and 204 for beacons that ask for it: the gateway has the events. The strict protocol answers for each. */
export function isAccepted({ event, request: { gatewayStatus, gatewayAnswer, url } }: SentEvent): boolean {
  if (isStrict(url)) return gatewayStatus === 200 && ['ok', 'warning'].includes(resultOf(event, gatewayAnswer));
  return gatewayStatus === 200 || (gatewayStatus === 204 && url.includes('beacon=1'));
}

function resultOf(event: WireEvent, answer: string): string {
  const { results } = JSON.parse(answer) as { results: Record<string, { result: string }> };
  return results[String(event.uuid)]?.result ?? 'none';
}

export function foundEvent(lane: string, message: TopicMessage): FoundEvent {
  const envelope = JSON.parse(message.value.toString()) as Record<string, unknown>;
  return { lane, message, envelope, data: parseExactly(String(envelope.data)) as WireEvent };
}

/**
 * Holds what arrived against what was accepted: each event as often as it was sent, in its topic, under its token,
 * ids and time.
 *
 * @returns what is wrong, in words; empty when all is right
 */
export function reconcile(sent: readonly SentEvent[], found: readonly FoundEvent[]): string[] {
  const problems: string[] = [];
  const heatmaps = found.filter(({ envelope }) => envelope.event === '$$heatmap');
  problems.push(...reconcileHeatmaps(sent.filter(isAccepted), heatmaps));
  const waiting = Map.groupBy(sent.filter(isAccepted), (each) => identity(asStored(each)));
  for (const each of found) {
    if (heatmaps.includes(each)) continue;
    const candidates = waiting.get(identity(each.data)) ?? [];
    // Of the same event sent twice, each message belongs to one sending.
    const complaints = candidates.map((candidate) => complain(candidate, each));
    const at = complaints.findIndex((list) => list.length === 0);
    if (candidates.length === 0) problems.push(`arrived without being sent: ${String(each.envelope.data).slice(0, 300)}`);
    else if (at < 0) problems.push(`${String(each.envelope.event)}: ${complaints[0].join('; ')}`);
    if (candidates.length > 0) candidates.splice(Math.max(at, 0), 1);
  }
  for (const [text, left] of waiting) if (left.length > 0) problems.push(`${left.length} times sent and not found: ${text.slice(0, 300)}`);
  const uuids = found.map(({ envelope }) => envelope.uuid);
  const given = new Set(sent.map(({ event }) => event.uuid).filter(Boolean));
  const made = uuids.filter((uuid) => !given.has(uuid));
  if (new Set(made).size < made.length) problems.push('two events were given the same uuid');
  return problems;
}

/** With the members of properties in one order: where the gateway appends some, theirs does not matter. */
function identity(event: WireEvent): string {
  const { properties, ...rest } = event;
  const members = Object.entries((properties ?? {}) as WireEvent).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return exactText([rest, members]);
}

/** What consumers should read of an event. */
function asStored({ event, request }: SentEvent): WireEvent {
  const stored = edited(event) as WireEvent;
  if (!isStrict(request.url)) return stored;
  return { ...stored, properties: { ...(stored.properties as WireEvent), ...strictProperties(stored, request) } };
}

/** An event that tells how far the page before was scrolled makes a heatmap event of its own, beside itself. */
function reconcileHeatmaps(sent: readonly SentEvent[], found: readonly FoundEvent[]): string[] {
  const makers = sent.filter(({ event }) => {
    const properties = event.properties as WireEvent | undefined;
    return typeof properties?.$prev_pageview_pathname === 'string' && typeof properties.$current_url === 'string';
  });
  const wanted = makers.map(({ event, decoded, request }) => `${tokenOf(event, decoded, request).token} ${distinctIdOf(event).distinctId}`);
  const are = found.map(
    ({ lane, envelope }) => `${lane === 'heatmaps' ? '' : lane}${String(envelope.token)} ${String(envelope.distinct_id)}`,
  );
  return are.toSorted().join() === wanted.toSorted().join() ? [] : [`heatmaps are ${are.join()}, not ${wanted.join()}`];
}

function complain(sent: SentEvent, { lane, message, envelope, data }: FoundEvent): string[] {
  const { event, decoded, request } = sent;
  const { token } = tokenOf(event, decoded, request);
  const { distinctId } = distinctIdOf(event);
  const { sentAt } = sentAtOf(decoded, request);
  const isHistorical = decoded.envelope.historical_migration === true;
  const now = Date.parse(String(envelope.now));
  const time = Date.parse(String(envelope.timestamp));
  const { headers } = message;

  const wanted: [string, unknown, unknown][] = [
    ['lane', lane, isHistorical ? 'historical' : event.event === '$exception' ? 'exceptions' : 'main'],
    ['token', envelope.token, token],
    ['distinct_id', envelope.distinct_id, distinctId],
    ['event', envelope.event, edited(event.event)],
    ['ip', envelope.ip, '127.0.0.1'],
    ['key', message.key, `${token}:${distinctId}`],
    ['historical_migration', envelope.historical_migration === true, isHistorical],
    ['header token', headers.token, token],
    ['header distinct_id', headers.distinct_id, distinctId],
    ['header event', headers.event, envelope.event],
    ['header uuid', headers.uuid, envelope.uuid],
    ['header timestamp', headers.timestamp, String(time)],
  ];
  if (event.uuid) wanted.push(['uuid', envelope.uuid, event.uuid]);
  const problems = wanted
    .filter(([, is, should]) => is !== should)
    .map(([what, is, should]) => `${what} is ${String(is)}, not ${String(should)}`);
  if (!isStrict(request.url) && exactText(data) !== exactText(asStored(sent))) problems.push('the order of its members is another');
  if (!event.uuid && !/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(String(envelope.uuid)))
    problems.push(`uuid ${String(envelope.uuid)} is not of version 7`);
  if (now < request.from - 1 || now > request.until + 1) problems.push('now is not when the request came');
  // Clients write up to nanoseconds, we keep milliseconds.
  const should = expectedTime(event, sentAt, now);
  if (Math.abs(time - should) > 1) problems.push(`timestamp is ${time}, not ${should}`);
  const sentAtFound = typeof envelope.sent_at === 'string' ? instant(envelope.sent_at) : undefined;
  if (Math.abs((sentAtFound ?? 0) - (sentAt ?? 0)) > 1) problems.push(`sent_at is ${sentAtFound}, not ${sentAt}`);
  return problems;
}
