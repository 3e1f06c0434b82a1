import { last, parseJson, type JsonMember, type JsonNode } from './json.js';

const HEATMAP_PROPERTIES = [
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
];

/** Protocol 4.5: an event-less person update becomes an `$identify` with `$set` and `$set_once` in its properties. */
export function engaged(data: string): string {
  const event = parseJson(data, Infinity);
  const isSet = ({ key }: JsonMember) => key === '$set' || key === '$set_once';
  const kept = event.members.filter((member) => !isSet(member) && member.key !== 'properties' && member.key !== 'event');
  const properties = [...(last(event, 'properties')?.members ?? []), ...event.members.filter(isSet)];
  return object(['"event":"$identify"', ...texts(data, kept), `"properties":${object(texts(data, properties))}`]);
}

/** Protocol 4.9. */
export function holdsHeatmap(event: JsonNode): boolean {
  const properties = last(event, 'properties');
  const kind = (key: string) => (properties && last(properties, key)?.kind) ?? 'null';
  return kind('$heatmap_data') !== 'null' || (kind('$prev_pageview_pathname') === 'string' && kind('$current_url') === 'string');
}

/** The event without its heatmap's data, and the heatmap's own event. */
export function heatmapExtracted(data: string): { rest: string; heatmap: string } {
  const event = parseJson(data, Infinity);
  const properties = event.members.findLast(({ key }) => key === 'properties');
  const inner = properties?.value.members ?? [];
  const without = inner.filter(({ key }) => key !== '$heatmap_data');
  const carried = inner.filter(({ key }) => HEATMAP_PROPERTIES.includes(key));
  const identity = event.members.filter(({ key }) => ['token', 'distinct_id', 'timestamp'].includes(key));
  return {
    rest: object(
      event.members.map((member) => (member === properties ? `"properties":${object(texts(data, without))}` : textOf(data, member))),
    ),
    heatmap: object(['"event":"$$heatmap"', ...texts(data, identity), `"properties":${object(texts(data, carried))}`]),
  };
}

/** Key, colon and value as they stood. */
function textOf(data: string, { keyNode, value }: JsonMember): string {
  return data.slice(keyNode.start, value.end);
}

function texts(data: string, members: readonly JsonMember[]): string[] {
  return members.map((member) => textOf(data, member));
}

function object(members: readonly string[]): string {
  return `{${members.join(',')}}`;
}
