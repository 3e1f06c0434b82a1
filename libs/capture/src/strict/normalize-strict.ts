import { Drop, type CaptureContext, type CapturedEvent, type DroppedEvent, type Steps } from '@app/event';
import { isSnapshot, storableText, type RawEvent } from '@app/decoder';
import { OverQuota, Pace, type ProjectQuota } from '@app/pipeline';
import type { CaptureRequest } from '../capture-request.js';
import { hasHeatmapBeside, heatmapBeside } from '../heatmap.js';
import type { SnapshotGrouper } from '../snapshot-grouper.js';
import type { StrictBatch } from './strict-batch.js';
import { StrictError } from './strict-error.js';
import { normalizeStrictEvent, readStrictEvent } from './strict-event.js';

export interface StrictRequest {
  readonly batch: StrictBatch;
  readonly token: string;
  readonly context: CaptureContext;
  /** Members that the head of the request adds to every event's properties. */
  readonly library: readonly string[];
  readonly origin: string | undefined;
}

export interface NormalizedStrict {
  readonly request: StrictRequest;
  readonly events: readonly CapturedEvent[];
  readonly dropped: readonly DroppedEvent[];
}

/**
 * All events of a request by the strict rules; each bad one is dropped for itself.
 *
 * @throws StrictError `billing_limit_exceeded` when every event is over quota
 */
export function* normalizeStrict(
  request: StrictRequest,
  grouper: SnapshotGrouper,
  quota: ProjectQuota | undefined,
): Steps<NormalizedStrict> {
  const { payload } = request.batch;
  const events: CapturedEvent[] = [];
  const dropped: DroppedEvent[] = [];
  const pace = new Pace();
  for (const raw of payload.events) {
    const turn = pace.before(raw.end - raw.start);
    if (turn !== undefined) yield turn;
    const made = normalizeOne(request, raw, quota);
    if (made === 'recording') {
      const recorded = yield* recording(request, raw, grouper);
      if (recorded instanceof Drop) dropped.push({ index: raw.index, uuid: undefined, drop: recorded });
      else events.push(...recorded);
    } else if (made instanceof Drop) dropped.push({ index: raw.index, uuid: undefined, drop: made });
    else events.push(...made);
  }
  if (dropped.length === payload.events.length && dropped.every(({ drop }) => drop instanceof OverQuota))
    throw new StrictError('billing_limit_exceeded', 'the project may not send more events for now');
  return { request, events, dropped };
}

function normalizeOne(
  request: StrictRequest,
  raw: RawEvent,
  quota: ProjectQuota | undefined,
): readonly CapturedEvent[] | Drop | 'recording' {
  const { payload } = request.batch;
  const strict = readStrictEvent(payload, raw);
  if (strict instanceof Drop) return strict;
  // A bad event keeps its own reason; whether a survey is a tour, its options say.
  const overQuota = raw.name && quota?.check(storableText(raw.name), raw.properties.isProductTour);
  if (overQuota !== undefined) return overQuota;
  if (isSnapshot(raw)) return 'recording';
  const event = normalizeStrictEvent(payload, strict, request);
  if (event instanceof Drop) return event;
  return hasHeatmapBeside(raw, event) ? heatmapBeside(event) : [event];
}

/** Each recording for itself, not merged with others: its sender is to learn of each. */
function* recording(
  { batch: { payload }, token, context, origin }: StrictRequest,
  raw: RawEvent,
  grouper: SnapshotGrouper,
): Steps<readonly CapturedEvent[] | Drop> {
  const request: CaptureRequest = { payload, token, context, origin, isBeacon: false };
  const { events, dropped } = yield* grouper.group(request, [raw]);
  return dropped[0]?.drop ?? events;
}
