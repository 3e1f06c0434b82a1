import { eventText, timeText, tokenText } from './event-text.js';
import type { JsonText } from './json-text.js';

const SCALARS = [
  '',
  ' ',
  'null',
  '7',
  '"text"',
  'undefined',
  'NaN',
  'true',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '{"batch":[]}',
  '{"api_key":"phc_a","batch":[]}',
  '{"api_key":"phc_a","batch":"[]"}',
];

/** The text of a whole body: one event, an array, a batch; and now and then none of these. */
export function bodyText(json: JsonText): string {
  const { r } = json;
  if (r.chance(0.02)) return r.pick(SCALARS);
  if (r.chance(0.02)) return deepText(json);
  const kind = r.int(3);
  if (kind === 0) return eventText(json, { withToken: true });
  const count = r.chance(0.05) ? r.int(12) : 1 + r.int(4);
  const list = json.array(r.times(count, () => eventText(json, { withToken: kind === 1 })));
  return kind === 1 ? list : batchText(json, list);
}

function batchText(json: JsonText, list: string): string {
  const { r } = json;
  const members: [string, string][] = [];
  if (r.chance(0.97)) members.push([r.chance(0.7) ? 'api_key' : r.pick(['token', '$token']), tokenText(json)]);
  members.push(['batch', r.chance(0.98) ? list : json.value(2)]);
  if (r.chance(0.5)) members.push([r.pick(['sent_at', 'sentAt']), timeText(json)]);
  if (r.chance(0.2))
    members.push(['historical_migration', r.pick(['true', 'true', 'false', 'null', '"true"', '1', '0', '""', '"1"', '"no"'])]);
  if (r.chance(0.06))
    members.push([r.pick(['event', 'uuid', 'timestamp', 'properties', 'offset', 'distinct_id', '$set', 'type']), json.value(2)]);
  if (r.chance(0.03)) members.push([r.pick(['batch', 'token', 'api_key']), json.value(2)]);
  if (r.chance(0.3)) members.reverse();
  return json.object(members);
}

/** An event that nests about as deep as the limit allows, and a little deeper. */
function deepText(json: JsonText): string {
  const { r } = json;
  const depth = r.pick([8, 12, 128]) - 6 + r.int(10);
  const opening = r.times(depth, () => r.pick(['[', '{"a":']));
  const closing = opening.toReversed().map((open) => (open === '[' ? ']' : '}'));
  const deep = `${opening.join('')}1${closing.join('')}`;
  const key = r.pick(['a', 'a', '$snapshot_data', '$heatmap_data']);
  const event = `{"token":"phc_a","event":"e","distinct_id":${r.chance(0.2) ? deep : '"d"'},"properties":{"${key}":${deep}}}`;
  return r.pick([event, `[${event}]`, `{"api_key":"phc_a","batch":[${event}]}`]);
}
