import { Drop, CaptureError, type CaptureContext, type CapturedEvent, type DroppedEvent } from '@app/event';
import { textOf, type RawEvent } from '@app/decoder';
import type { OverQuota, ProjectQuota } from '@app/pipeline';
import type { CaptureRequest } from './capture-request.js';
import { extractHeatmap, holdsHeatmap } from './heatmap.js';
import { normalizeEvent } from './normalize-event.js';
import { parseUuid } from './uuid.js';

export type BatchPolicy = 'lenient' | 'strict';

export interface NormalizedRequest {
  readonly request: CaptureRequest;
  readonly events: readonly CapturedEvent[];
  /** Bad events and those that are never ingested, each with its reason. */
  readonly dropped: readonly DroppedEvent[];
}

/**
 * All events of a request. With the policy `lenient` a bad event is dropped alone; with `strict` it refuses the request,
 * as the reference does. What is over quota is dropped first, before anything is made of it.
 *
 * @param quota what the project may not send now; undefined for nearly all
 * @throws CaptureError the first bad event's reason, under `strict`
 */
export function normalizeEvents(request: CaptureRequest, policy: BatchPolicy, quota?: ProjectQuota): NormalizedRequest {
  const { payload, token, context } = request;
  const events: CapturedEvent[] = [];
  const dropped: DroppedEvent[] = [];
  for (const raw of payload.events) {
    const event = (quota && overQuota(raw, quota, context)) ?? normalizeEvent(payload, raw, token, context);
    if (event instanceof Drop) {
      if (policy === 'strict' && event.rejection) throw new CaptureError(event.rejection, event.detail);
      // Only what is bad is named in the reply.
      dropped.push({ index: raw.index, uuid: event.rejection && raw.uuid && parseUuid(textOf(raw.uuid)), drop: event });
    } else if (holdsHeatmap(raw.properties) && event.route !== 'heatmaps' && event.route !== 'replay') {
      events.push(...extractHeatmap(event));
    } else {
      events.push(event);
    }
  }
  return { request, events, dropped };
}

/** A bad event keeps its own reason, so that its sender learns of it. */
function overQuota(raw: RawEvent, quota: ProjectQuota, { path }: CaptureContext): OverQuota | undefined {
  if (raw.problem !== undefined) return undefined;
  const name = raw.name === undefined ? raw.hasSet && path === '/engage' && '$identify' : textOf(raw.name);
  return name ? quota.check(name, raw.properties.isProductTour) : undefined;
}
