import { Drop, type CapturedEvent, type CaptureContext, type CoreRoute } from '@app/event';
import { eventText, textOf, type RawEvent, type ScannedPayload } from '@app/decoder';
import { distinctIdText } from './distinct-id.js';
import { engageData } from './engage.js';
import { eventTime } from './event-time.js';
import { parseTimestamp } from './parse-timestamp.js';
import { parseUuid, uuidV7 } from './uuid.js';

/** Events that must not be geolocated by the address of whoever sent them. */
const INTERNAL_IP = '127.0.0.1';
const PERFORMANCE_EVENT = new Drop('performance_event');

/** Lanes that a name alone decides. */
const ROUTE_BY_NAME: Readonly<Record<string, CoreRoute>> = {
  $exception: 'exceptions',
  $$heatmap: 'heatmaps',
  $$client_ingestion_warning: 'warnings',
  $snapshot: 'replay',
  $snapshot_items: 'replay',
};

/** From the spans of an event to what processors and sinks see; or the reason why it can't be taken. */
export function normalizeEvent(payload: ScannedPayload, raw: RawEvent, token: string, context: CaptureContext): CapturedEvent | Drop {
  if (raw.problem !== undefined) return raw.problem;
  const { properties } = raw;

  const isEngage = raw.name === undefined && raw.hasSet && context.path === '/engage';
  if (raw.name === undefined && !isEngage)
    return new Drop('missing_event_name', `non-engage request missing event name attribute (event ${raw.index})`, 'unhydratable');
  const name = raw.name === undefined ? '$identify' : textOf(raw.name);
  if (name === '') return new Drop('missing_event_name', `event ${raw.index}`, 'missing_event_name');
  if (name === '$performance_event') return PERFORMANCE_EVENT;

  const rawId = raw.distinctId ?? properties.distinctId;
  const distinctId = rawId && distinctIdText(rawId);
  if (distinctId === undefined)
    return new Drop('missing_distinct_id', `event ${raw.index}${rawId ? ': it is blank' : ''}`, 'missing_distinct_id');
  if (properties.cookieless === null)
    return new Drop('invalid_cookieless_mode', `event ${raw.index}: "$cookieless_mode" must be a boolean`, 'invalid_cookieless_mode');

  const rawUuid = raw.uuid && textOf(raw.uuid);
  const givenUuid = rawUuid ? parseUuid(rawUuid) : '';
  if (givenUuid === undefined) return new Drop('invalid_uuid', `event ${raw.index}: "uuid" is not a UUID`, 'unparsable');

  const timestamp = eventTime({
    timestamp: raw.timestamp && parseTimestamp(textOf(raw.timestamp)),
    offset: raw.offset,
    sentAt: context.sentAt,
    ignoreSentAt: properties.ignoreSentAt,
    now: context.now,
  });
  const ip = properties.isInternal ? INTERNAL_IP : context.ip;
  const isCookieless = properties.cookieless === true;
  const data = eventText(payload, raw);
  const sessionId = properties.sessionId && textOf(properties.sessionId);
  const lane = ROUTE_BY_NAME[name] ?? 'main';
  return {
    index: raw.index,
    inputs: 1,
    token,
    uuid: givenUuid === '' ? uuidV7(timestamp) : givenUuid,
    name,
    distinctId,
    ip,
    ipHash: undefined,
    timestamp,
    data: isEngage ? engageData(data) : data,
    sessionId,
    isCookieless,
    isHistorical: context.isHistorical,
    disablePersonProcessing: false,
    skipHeatmapProcessing: false,
    route: context.isHistorical ? 'historical' : lane,
    topic: undefined,
    dlqReason: undefined,
    // Cookieless visitors share one sentinel id, which would pin a partition.
    partitionKey: lane === 'replay' && sessionId ? sessionId : isCookieless ? `${token}:${ip}` : `${token}:${distinctId}`,
  };
}
