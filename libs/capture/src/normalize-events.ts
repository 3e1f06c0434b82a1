import {
  Drop,
  CaptureError,
  refusalOf,
  runAtOnce,
  type CaptureContext,
  type CapturedEvent,
  type DroppedEvent,
  type Steps,
} from '@app/event';
import { isSnapshot, textOf, type RawEvent } from '@app/decoder';
import { OverQuota, Pace, type ProjectQuota } from '@app/pipeline';
import type { CaptureRequest } from './capture-request.js';
import { hasHeatmapBeside, heatmapBeside } from './heatmap.js';
import { normalizeEvent } from './normalize-event.js';
import type { SnapshotGrouper } from './snapshot-grouper.js';
import { adjustedEvent, type AdjustedEvent } from './adjusted.js';
import { uuidOf } from './identify-event.js';

export type BatchPolicy = 'lenient' | 'strict';

export interface NormalizedRequest {
  readonly request: CaptureRequest;
  readonly events: readonly CapturedEvent[];
  /** Bad events and those that are never ingested, each with its reason. */
  readonly dropped: readonly DroppedEvent[];
  /** Resources that are over quota for all of this request's projects: SDKs back off from them. */
  readonly quotaLimited: readonly string[];
  /** Events that were taken, but not as they were sent. */
  readonly adjusted: readonly AdjustedEvent[];
}

const NONE: readonly never[] = [];
const HISTORICAL = '"historical_migration" must be true or false ("true", "false", 1 and 0 will do)';

/**
 * All events of a request. With the policy `lenient` a bad event is dropped alone; with `strict` it refuses the request,
 * as the reference does. What is over quota is dropped first, before anything is made of it. Snapshots go a way of
 * their own.
 *
 * @param quota what the project may not send now; undefined for nearly all
 * @throws CaptureError the first bad event's reason, under `strict`
 */
export function* normalizeSteps(
  request: CaptureRequest,
  policy: BatchPolicy,
  grouper: SnapshotGrouper,
  quota: ProjectQuota | undefined,
): Steps<NormalizedRequest> {
  const { payload, token, context } = request;
  if (payload.isHistorical === undefined) throw new CaptureError('unparsable', HISTORICAL);
  const events: CapturedEvent[] = [];
  const dropped: DroppedEvent[] = [];
  let snapshots: RawEvent[] | undefined;
  let adjusted: AdjustedEvent[] | undefined;
  const pace = new Pace();
  for (const raw of payload.events) {
    const turn = pace.before(raw.end - raw.start);
    if (turn !== undefined) yield turn;
    if (isSnapshot(raw)) {
      (snapshots ??= []).push(raw);
      continue;
    }
    const event = (quota && overQuota(raw, quota, context)) ?? normalizeEvent(payload, raw, token, context);
    if (event instanceof Drop) {
      dropped.push(droppedEvent(raw, event, policy));
      continue;
    }
    const change = adjustedEvent(raw, event, context);
    if (change !== undefined) (adjusted ??= []).push(change);
    if (hasHeatmapBeside(raw, event)) {
      const made = heatmapBeside(event);
      if (made instanceof Drop) dropped.push(droppedEvent(raw, made, policy));
      else events.push(...made);
    } else {
      events.push(event);
    }
  }
  if (snapshots !== undefined) {
    const grouped = yield* grouper.group(request, snapshots);
    events.push(...grouped.events);
    for (const { index, drop } of grouped.dropped) dropped.push(droppedEvent(payload.events[index], drop, policy));
  }
  const quotaLimited = dropped.length === 0 ? NONE : limitedResources(dropped, events);
  return { request, events, dropped, quotaLimited, adjusted: adjusted ?? NONE };
}

/** The same in one go. */
export function normalizeEvents(
  request: CaptureRequest,
  policy: BatchPolicy,
  grouper: SnapshotGrouper,
  quota?: ProjectQuota,
): NormalizedRequest {
  return runAtOnce(normalizeSteps(request, policy, grouper, quota));
}

/** A quota is a project's, so all events of a resource are over it or none; only recordings can be of several projects. */
function limitedResources(dropped: readonly DroppedEvent[], events: readonly CapturedEvent[]): readonly string[] {
  const resources = new Set<string>();
  for (const { drop } of dropped) if (drop instanceof OverQuota) resources.add(drop.resource);
  if (resources.has('recordings') && events.some(({ route }) => route === 'replay')) resources.delete('recordings');
  return [...resources];
}

/** @throws CaptureError the event's own reason, under `strict` */
function droppedEvent(raw: RawEvent, drop: Drop, policy: BatchPolicy): DroppedEvent {
  if (policy === 'strict' && drop.rejection) throw refusalOf(drop, drop.rejection);
  // Only what is bad is named in the reply.
  return { index: raw.index, uuid: drop.rejection && raw.uuid && uuidOf(raw.uuid), drop };
}

/** A bad event keeps its own reason, so that its sender learns of it. */
function overQuota(raw: RawEvent, quota: ProjectQuota, { path }: CaptureContext): OverQuota | undefined {
  if (raw.problem !== undefined) return undefined;
  const name = raw.name === undefined ? raw.hasSet && path === '/engage' && '$identify' : textOf(raw.name);
  return name ? quota.check(name, raw.properties.isProductTour) : undefined;
}
