import { Drop, resourceOf, type CapturedEvent, type CaptureContext, type CoreRoute } from '@app/event';
import { eventText, storableText, type RawEvent, type ScannedPayload } from '@app/decoder';
import { engageData } from './engage.js';
import { identifyEvent } from './identify-event.js';
import { unlessTooMany } from './members.js';

const PERFORMANCE_EVENT = new Drop('performance_event');

/** Lanes that a name alone decides. */
const ROUTE_BY_NAME: ReadonlyMap<string, CoreRoute> = new Map([
  ['$exception', 'exceptions'],
  ['$$heatmap', 'heatmaps'],
  ['$$client_ingestion_warning', 'warnings'],
  ['$snapshot_items', 'replay'],
]);

/** From the spans of an event to what processors and sinks see; or the reason why it can't be taken. */
export function normalizeEvent(payload: ScannedPayload, raw: RawEvent, token: string, context: CaptureContext): CapturedEvent | Drop {
  if (raw.problem !== undefined) return raw.problem;
  const { properties } = raw;

  const isEngage = raw.name === undefined && raw.hasSet && context.path === '/engage';
  if (raw.name === undefined && !isEngage)
    return new Drop('missing_event_name', `non-engage request missing event name attribute (event ${raw.index})`, 'unhydratable');
  const name = raw.name === undefined ? '$identify' : storableText(raw.name);
  if (name === '') return new Drop('missing_event_name', `event ${raw.index}`, 'missing_event_name');
  if (name === '$performance_event') return PERFORMANCE_EVENT;

  const identity = identifyEvent(raw, context);
  if (identity instanceof Drop) return identity;
  const { distinctId, uuid, timestamp, ip, isCookieless } = identity;
  const text = eventText(payload, raw);
  const data = isEngage ? unlessTooMany(raw.index, () => engageData(text)) : text;
  if (data instanceof Drop) return data;
  const sessionId = properties.sessionId && storableText(properties.sessionId);
  const route = context.isHistorical ? 'historical' : (ROUTE_BY_NAME.get(name) ?? 'main');
  return {
    index: raw.index,
    inputs: 1,
    token,
    uuid,
    name,
    resource: resourceOf(name, properties.isProductTour),
    distinctId,
    ip,
    ipHash: undefined,
    timestamp,
    data,
    sessionId,
    isCookieless,
    isHistorical: context.isHistorical,
    disablePersonProcessing: false,
    skipHeatmapProcessing: false,
    route,
    topic: undefined,
    dlqReason: undefined,
    // Cookieless visitors share one sentinel id, which would pin a partition.
    partitionKey: route === 'replay' && sessionId ? sessionId : isCookieless ? `${token}:${ip}` : `${token}:${distinctId}`,
  };
}
