import type { Dropped } from '../outcome.js';
import type { Wire } from '../wire.js';
import { distinctIdOf } from './distinct-id.js';
import { last, stringOf, type JsonNode } from './json.js';
import { dataOf, type Payload } from './payload.js';
import { engaged, heatmapExtracted, holdsHeatmap } from './rewrite.js';
import { isStorable, timeOf } from './timestamp.js';
import { hasTypeError } from './type-errors.js';
import { uuidOf } from './uuid.js';

/** An event as it leaves; an undefined uuid is made when it does. */
export interface ReferenceEvent {
  readonly uuid: string | undefined;
  readonly name: string;
  readonly distinctId: string;
  readonly ip: string;
  readonly data: string;
  readonly timestamp: number;
  readonly sessionId: string | undefined;
  readonly isCookieless: boolean;
  readonly skipHeatmap: boolean;
  readonly route: string;
}

const ROUTES: Readonly<Record<string, string>> = {
  $exception: 'exceptions',
  $$heatmap: 'heatmaps',
  $$client_ingestion_warning: 'warnings',
  $snapshot_items: 'replay',
};

/** One event becomes one or, with a heatmap, two; or the reason why it is dropped. Protocol 4. */
export function normalised(
  payload: Payload,
  index: number,
  { wire, sentAt, isHistorical }: { wire: Wire; sentAt: number | undefined; isHistorical: boolean },
): readonly ReferenceEvent[] | Dropped {
  const event = payload.events[index];
  if (hasTypeError(event)) return dropped('malformed_event', 'unparsable');

  const nameNode = present(event, 'event');
  const isEngage = nameNode === undefined && wire.path === '/engage' && (has(event, '$set') || has(event, '$set_once'));
  if (nameNode === undefined && !isEngage) return dropped('missing_event_name', 'unhydratable');
  const name = nameNode === undefined ? '$identify' : storable(stringOf(nameNode));
  if (name === '') return dropped('missing_event_name', 'missing_event_name');
  if (name === '$performance_event') return { index, uuid: undefined, cause: 'performance_event', refusal: undefined };

  const properties = present(event, 'properties');
  const property = (key: string) => properties && last(properties, key);
  const id = present(event, 'distinct_id') ?? present(event, '$distinct_id') ?? (properties && present(properties, 'distinct_id'));
  const distinctId = id && distinctIdOf(id);
  if (distinctId === undefined) return dropped('missing_distinct_id', 'missing_distinct_id');
  const cookieless = property('$cookieless_mode');
  if (cookieless !== undefined && cookieless.kind !== 'boolean') return dropped('invalid_cookieless_mode', 'invalid_cookieless_mode');
  const given = givenUuid(event);
  if (given !== '' && uuidOf(given) === undefined) return dropped('invalid_uuid', 'unparsable');

  const data = isEngage ? engaged(dataOf(payload, event)) : dataOf(payload, event);
  const sessionNode = property('$session_id');
  const original: ReferenceEvent = {
    uuid: uuidOf(given),
    name,
    distinctId,
    ip: property('capture_internal') ? '127.0.0.1' : wire.ip,
    data,
    timestamp: happenedAt(event, wire.now, property('$ignore_sent_at')?.source === 'true' ? undefined : sentAt),
    sessionId: sessionNode?.kind === 'string' ? storable(stringOf(sessionNode)) : undefined,
    isCookieless: cookieless?.source === 'true',
    skipHeatmap: false,
    route: isHistorical ? 'historical' : (ROUTES[name] ?? 'main'),
  };
  if (!holdsHeatmap(event) || name === '$$heatmap' || original.route === 'replay') return [original];
  const { rest, heatmap } = heatmapExtracted(data);
  return [
    { ...original, data: rest, skipHeatmap: true },
    { ...original, data: heatmap, uuid: undefined, name: '$$heatmap', route: 'heatmaps' },
  ];

  function dropped(cause: string, refusal: string): Dropped {
    return { index, uuid: uuidOf(givenUuid(event)), cause, refusal };
  }
}

/** Protocol 4.4. */
function happenedAt(event: JsonNode, now: number, sentAt: number | undefined): number {
  const offset = present(event, 'offset');
  const timestamp = present(event, 'timestamp');
  const told = timestamp && timeOf(timestamp.kind === 'number' ? timestamp.source : stringOf(timestamp));
  let time = now;
  if (offset) time = now - Number(offset.source);
  else if (told !== undefined) time = sentAt === undefined ? told : now + (told - sentAt);
  if (!isStorable(time)) return 0;
  return time > now + 23 * 3_600_000 ? now : time;
}

function givenUuid(event: JsonNode): string {
  const uuid = present(event, 'uuid');
  return uuid?.kind === 'string' ? stringOf(uuid) : '';
}

/** Null is as good as absent. */
function present(object: JsonNode, key: string): JsonNode | undefined {
  const value = last(object, key);
  return value?.kind === 'null' ? undefined : value;
}

function has(object: JsonNode, key: string): boolean {
  return present(object, key) !== undefined;
}

/** Postgres has no NUL, UTF-8 no lone surrogates. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}
