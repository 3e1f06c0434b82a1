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

/**
 * Protocol 4.5: an event-less person update becomes an `$identify` with `$set` and `$set_once` in its properties. Of members with
 * one name the last is moved.
 */
export function engaged(data: string): string {
  const event = parseJson(data, Infinity);
  const isSet = ({ key }: JsonMember) => key === '$set' || key === '$set_once';
  const isMoved = (member: JsonMember) => isSet(member) || member.key === 'properties' || member.key === 'event';
  const properties = last(event, 'properties');
  const given = properties?.kind === 'object' ? inner(data.slice(properties.start, properties.end)) : '';
  const sets = texts(data, lastOfEach(event.members.filter(isSet)));
  return object(['"event":"$identify"', inner(without(data, event, isMoved)), `"properties":${object([given, ...sets])}`]);
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
  if (properties === undefined) throw new Error('an event without properties holds no heatmap');
  const { value } = properties;
  const carried = lastOfEach(value.members.filter(({ key }) => HEATMAP_PROPERTIES.includes(key)));
  const identity = lastOfEach(event.members.filter(({ key }) => ['token', 'distinct_id', 'timestamp'].includes(key)));
  const rest = without(data, value, ({ key }) => key === '$heatmap_data');
  return {
    rest: data.slice(0, value.start) + rest + data.slice(value.end),
    heatmap: object(['"event":"$$heatmap"', ...texts(data, identity), `"properties":${object(texts(data, carried))}`]),
  };
}

/** An object without some members, each with the comma and the blanks up to the next; what stays keeps its bytes. */
function without(data: string, { start, end, members }: JsonNode, isCut: (member: JsonMember) => boolean): string {
  if (members.length === 0) return data.slice(start, end);
  const from = (i: number) => (i < members.length ? members[i].keyNode.start : end - 1);
  let kept = data.slice(start, from(0));
  members.forEach((member, i) => {
    if (!isCut(member)) kept += data.slice(from(i), from(i + 1));
  });
  const isEndCut = isCut(members[members.length - 1]);
  return `${isEndCut && kept.trimEnd().endsWith(',') ? kept.trimEnd().slice(0, -1) : kept}}`;
}

/** Of members with one name the last, in their order. */
function lastOfEach(members: readonly JsonMember[]): readonly JsonMember[] {
  return members.filter((member, i) => !members.slice(i + 1).some(({ key }) => key === member.key));
}

function inner(json: string): string {
  return json.slice(1, -1);
}

/** Key, colon and value as they stood. */
function textOf(data: string, { keyNode, value }: JsonMember): string {
  return data.slice(keyNode.start, value.end);
}

function texts(data: string, members: readonly JsonMember[]): string[] {
  return members.map((member) => textOf(data, member));
}

function object(members: readonly string[]): string {
  const trimmed = members.map((member) => member.trim());
  return `{${trimmed.filter((member) => member !== '').join(',')}}`;
}
