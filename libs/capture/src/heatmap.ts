import type { CapturedEvent } from '@app/event';
import { HEATMAP_DATA, HEATMAP_PATHNAME, HEATMAP_URL, membersOf, objectOf, type RawProperties } from '@app/decoder';
import { uuidV7 } from './uuid.js';

/** What of an event's properties its heatmap needs. */
const CARRIED = new Set([
  '$heatmap_data',
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

/** Whether an event holds a heatmap: its data, or both the previous page's path and a url. */
export function holdsHeatmap({ heatmap }: RawProperties): boolean {
  return (heatmap & HEATMAP_DATA) !== 0 || heatmap === (HEATMAP_PATHNAME | HEATMAP_URL);
}

/**
 * Such an event makes a `$$heatmap` event of its own; the original goes on without the data, and a header says so.
 *
 * @returns the original and its heatmap
 */
export function extractHeatmap(event: CapturedEvent): readonly [CapturedEvent, CapturedEvent] {
  const members = membersOf(event.data);
  const at = members.findLastIndex(({ key }) => key === 'properties');
  const properties = membersOf(members[at].value);

  const rest = objectOf(properties.filter(({ key }) => key !== '$heatmap_data'));
  const original = objectOf(members.map((member, i) => (i === at ? `"properties":${rest}` : member)));
  const carried = objectOf(properties.filter(({ key }) => CARRIED.has(key)));
  const identity = members.filter(({ key }) => key === 'token' || key === 'distinct_id' || key === 'timestamp');
  const heatmap = objectOf(['"event":"$$heatmap"', ...identity, `"properties":${carried}`]);
  return [
    { ...event, data: original, skipHeatmapProcessing: true },
    { ...event, data: heatmap, name: '$$heatmap', uuid: uuidV7(event.timestamp), inputs: 0, route: 'heatmaps' },
  ];
}
