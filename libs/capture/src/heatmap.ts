import type { CapturedEvent, Drop } from '@app/event';
import { HEATMAP_DATA, HEATMAP_PATHNAME, HEATMAP_URL, MemberNames, type RawEvent, type RawProperties } from '@app/decoder';
import { objectOf, textsOf, unlessTooMany, withoutMembers } from './members.js';
import { uuidV7 } from './uuid.js';

const DATA = '$heatmap_data';
/** What of an event's properties its heatmap needs. */
const CARRIED = new MemberNames([
  DATA,
  '$viewport_height',
  '$viewport_width',
  '$session_id',
  '$prev_pageview_pathname',
  '$prev_pageview_max_scroll',
  '$current_url',
  '$raw_user_agent',
  '$ip',
  '$host',
  '$timezone',
  '$cookieless_extra',
  '$cookieless_mode',
]);
/** Of which nothing is left behind. */
const HEATMAP_DATA_NAME = new MemberNames([DATA]);
const IDENTITY = new MemberNames(['token', 'distinct_id', 'timestamp', 'properties']);

/** Whether an event holds a heatmap: its data, or both the previous page's path and a url. */
export function holdsHeatmap({ heatmap }: RawProperties): boolean {
  return (heatmap & HEATMAP_DATA) !== 0 || heatmap === (HEATMAP_PATHNAME | HEATMAP_URL);
}

/** Whether a heatmap is to be made beside an event: not where it is one itself, or a recording. */
export function hasHeatmapBeside({ properties }: RawEvent, { name, route }: CapturedEvent): boolean {
  return holdsHeatmap(properties) && name !== '$$heatmap' && route !== 'replay';
}

export type WithHeatmap = readonly [event: CapturedEvent, heatmap: CapturedEvent];

/** The event and its heatmap; or why it can't be taken. */
export function heatmapBeside(event: CapturedEvent): WithHeatmap | Drop {
  return unlessTooMany(event.index, () => extractHeatmap(event));
}

/**
 * Such an event makes a `$$heatmap` event of its own; the original goes on without the data, and a header says so.
 *
 * @returns the original and its heatmap
 * @throws TooManyMembersError
 */
export function extractHeatmap(event: CapturedEvent): WithHeatmap {
  const { data } = event;
  const members = IDENTITY.last(data);
  const { valueStart, valueEnd } = members.find(({ name }) => name === 'properties')!;
  const properties = data.slice(valueStart, valueEnd);
  const rest = withoutMembers(properties, HEATMAP_DATA_NAME.all(properties));
  const original = data.slice(0, valueStart) + rest + data.slice(valueEnd);
  const carried = objectOf(textsOf(properties, CARRIED.last(properties)));
  const identity = members.filter(({ name }) => name !== 'properties');
  const heatmap = objectOf(['"event":"$$heatmap"', ...textsOf(data, identity), `"properties":${carried}`]);
  return [
    { ...event, data: original, skipHeatmapProcessing: true },
    { ...event, data: heatmap, name: '$$heatmap', uuid: uuidV7(event.timestamp), inputs: 0, route: 'heatmaps' },
  ];
}
