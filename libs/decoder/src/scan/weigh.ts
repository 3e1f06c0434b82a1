import { CaptureError, Drop } from '@app/event';
import { isSnapshot, shortTextOf, type RawEvent } from './raw-event.js';

/** What one event may weigh, before anything of it is made. */
export interface WeightLimit extends Limit {
  /** AI events, where they have a lane of their own, may weigh more. */
  readonly ai?: Limit & { has(name: string): boolean };
}

interface Limit {
  /** Bytes of its JSON without its recording and its heatmap, and of the heatmap: no message could hold more. */
  readonly maxBytes: number;
  /** The variable that sets it, for the refusal. */
  readonly variable: string;
}

/** What of a recording is no recording, and what stands beside a batch: SDKs send some hundred bytes. */
export const MAX_METADATA_BYTES = 256 * 1024;

/** A longer name is not looked at for the larger limit. */
const MAX_AI_NAME_CHARACTERS = 200;

/** Names what is too big as its problem, so that nobody looks into it. */
export function weigh(event: RawEvent, general: WeightLimit): void {
  const { start, end, properties } = event;
  const { snapshot, heatmapBytes } = properties;
  const bytes = end - start - heatmapBytes - (snapshot === undefined ? 0 : snapshot.end - snapshot.start);
  const { maxBytes, variable } = bytes > general.maxBytes ? limitOf(event, general) : general;
  if (bytes > maxBytes) event.problem = tooBig(event, `it has ${bytes} bytes`, maxBytes, variable);
  else if (heatmapBytes > general.maxBytes)
    event.problem = tooBig(event, `"$heatmap_data" has ${heatmapBytes} bytes`, general.maxBytes, general.variable);
  else if (bytes > MAX_METADATA_BYTES && isSnapshot(event))
    event.problem = tooBig(event, `without its recording it has ${bytes} bytes`, MAX_METADATA_BYTES, 'fixed');
}

/** Only what is too big for an ordinary event has its name looked at. */
function limitOf({ name }: RawEvent, general: WeightLimit): Limit {
  const { ai } = general;
  if (ai === undefined || name?.isString !== true) return general;
  return ai.has(shortTextOf(name, MAX_AI_NAME_CHARACTERS) ?? '') ? ai : general;
}

/** Of all ids of a request that are no strings: they are put into a canonical form, and nobody sends many such. */
const MAX_JSON_IDS_BYTES = 1024 * 1024;

/** The same for what events bring in ids that are no text: from where there is too much of it in the request. */
export function weighIds(events: readonly RawEvent[]): void {
  let bytes = 0;
  for (const event of events) {
    const id = event.distinctId ?? event.properties.distinctId;
    if (id === undefined || id.isString || id.isPlain) continue;
    bytes += id.raw.length;
    if (bytes <= MAX_JSON_IDS_BYTES) continue;
    const detail = `event ${event.index}: ids that are no strings have more than ${MAX_JSON_IDS_BYTES} bytes in this request`;
    event.problem ??= new Drop('distinct_id_too_big', detail, 'unparsable');
  }
}

function tooBig({ index }: RawEvent, what: string, limit: number, variable: string): Drop {
  return new Drop('event_too_big', `event ${index}: ${what}, the limit is ${limit} (${variable})`, 'event_too_big');
}

/** @throws CaptureError `payload_too_big` */
export function weighBeside(bytes: number): void {
  if (bytes > MAX_METADATA_BYTES)
    throw new CaptureError('payload_too_big', `beside "batch" there are ${bytes} bytes, the limit is ${MAX_METADATA_BYTES} (fixed)`);
}
