import { Drop, CaptureError, type CapturedEvent, type DroppedEvent } from '@app/event';
import { textOf } from '@app/decoder';
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
 * as the reference does.
 *
 * @throws CaptureError the first bad event's reason, under `strict`
 */
export function normalizeEvents(request: CaptureRequest, policy: BatchPolicy): NormalizedRequest {
  const { payload, token, context } = request;
  const events: CapturedEvent[] = [];
  const dropped: DroppedEvent[] = [];
  for (const raw of payload.events) {
    const event = normalizeEvent(payload, raw, token, context);
    if (event instanceof Drop) {
      if (policy === 'strict' && event.rejection) throw new CaptureError(event.rejection, event.detail);
      dropped.push({ index: raw.index, uuid: raw.uuid && parseUuid(textOf(raw.uuid)), drop: event });
    } else if (holdsHeatmap(raw.properties) && event.route !== 'heatmaps' && event.route !== 'replay') {
      events.push(...extractHeatmap(event));
    } else {
      events.push(event);
    }
  }
  return { request, events, dropped };
}
