import type { Part } from '../body/parts.js';
import { batch, event, ITEM, snapshot, strictBatch, strictEvent, withProperties } from '../cases/shapes.js';

type Parts = readonly Part[];

export interface Position {
  readonly name: string;
  readonly isStrict?: boolean;
  /** A request around what stands there. */
  readonly around: (inner: Parts) => Parts;
}

const DEEP = 100;
const GOOD = '{"event":"e","distinct_id":"d"}';
const member = (name: string) => (value: Parts) => event(`"${name}":`, ...value);
const property = (name: string) => (value: Parts) => withProperties(`"${name}":`, ...value);
const strict = (inner: Parts) => strictBatch(strictEvent(',', ...inner));
const strictMember = (name: string) => (value: Parts) => strict([`"${name}":`, ...value]);

/** Where a value may stand. */
export const VALUE_POSITIONS: readonly Position[] = [
  { name: 'the whole body', around: (value) => value },
  { name: 'an element of the list', around: (value) => ['[', ...value, ',', ...event('"a":0'), ']'] },
  { name: 'an element of the batch', around: (value) => batch(GOOD, ',', ...value) },
  ...['event', 'token', 'distinct_id', 'uuid', 'timestamp', 'sent_at', 'offset', 'properties', '$set', '$set_once', 'ip'].map((name) => ({
    name,
    around: member(name),
  })),
  ...['a', '$ip', '$session_id', 'distinct_id', 'token', '$heatmap_data', '$snapshot_data', '$set', '$product_tour_id'].map((name) => ({
    name: `properties.${name}`,
    around: property(name),
  })),
  { name: 'deep in properties', around: (value) => withProperties('"a":', '['.repeat(DEEP), ...value, ']'.repeat(DEEP)) },
  ...['batch', 'api_key', 'sent_at', 'historical_migration', 'x'].map((name) => ({
    name: `${name} beside a batch`,
    around: (value: Parts) => [`{"api_key":"phc_hostile","batch":[${GOOD}],"${name}":`, ...value, '}'],
  })),
  { name: 'an item of a recording', around: (value) => snapshot([ITEM, ',', ...value]) },
  { name: 'data of an item', around: (value) => snapshot(['{"type":3,"data":', ...value, ',"timestamp":1700000000000}']) },
  { name: 'timestamp of an item', around: (value) => snapshot(['{"type":3,"timestamp":', ...value, '}']) },
  { name: '$snapshot_data', around: (value) => snapshot([], ',"$snapshot_data":', ...value) },
  { name: '$session_id of a recording', around: (value) => snapshot([ITEM], ',"$session_id":', ...value) },
  { name: 'x beside $snapshot_data', around: (value) => snapshot([ITEM], ',"x":', ...value) },
  ...['event', 'uuid', 'distinct_id', 'timestamp', 'properties', 'options', 'session_id', 'window_id', 'x'].map((name) => ({
    name: `strict ${name}`,
    isStrict: true,
    around: strictMember(name),
  })),
  { name: 'strict options.x', isStrict: true, around: (value) => strict(['"options":{"x":', ...value, '}']) },
  { name: 'strict properties.$heatmap_data', isStrict: true, around: (value) => strict(['"properties":{"$heatmap_data":', ...value, '}']) },
  ...['created_at', 'capture_internal', 'x'].map((name) => ({
    name: `strict ${name} beside the batch`,
    isStrict: true,
    around: (value: Parts) => strictBatch(strictEvent(), `,"${name}":`, ...value),
  })),
  { name: 'an element of the strict batch', isStrict: true, around: (value) => strictBatch([...strictEvent(), ',', ...value]) },
];

/** Where members may stand. */
export const MEMBER_POSITIONS: readonly Position[] = [
  {
    name: 'before the members of an event',
    around: (members) => ['{', ...members, ',"token":"phc_hostile","event":"e","distinct_id":"d"}'],
  },
  { name: 'after the members of an event', around: (members) => event(...members) },
  { name: 'in properties', around: (members) => withProperties(...members) },
  { name: 'in an event of a batch', around: (members) => batch('{"event":"e","distinct_id":"d",', ...members, '}') },
  { name: 'before a batch', around: (members) => ['{"api_key":"phc_hostile",', ...members, `,"batch":[${GOOD}]}`] },
  { name: 'after a batch', around: (members) => [`{"api_key":"phc_hostile","batch":[${GOOD}],`, ...members, '}'] },
  { name: 'beside $snapshot_data', around: (members) => snapshot([ITEM], ',', ...members) },
  { name: 'in an item of a recording', around: (members) => snapshot(['{', ...members, '}']) },
  { name: 'beside $heatmap_data', around: (members) => withProperties('"$heatmap_data":{},', ...members) },
  { name: 'in a person update', around: (members) => ['{"$token":"phc_hostile","$distinct_id":"d","$set":{},', ...members, '}'] },
  { name: 'in a strict event', isStrict: true, around: strict },
  { name: 'in strict options', isStrict: true, around: (members) => strict(['"options":{', ...members, '}']) },
  { name: 'in strict properties', isStrict: true, around: (members) => strict(['"properties":{', ...members, '}']) },
  { name: 'beside the strict batch', isStrict: true, around: (members) => strictBatch(strictEvent(), ',', ...members) },
];

/** Where white space may stand. */
export const BLANK_POSITIONS: readonly Position[] = [
  { name: 'before everything', around: (blank) => [...blank, ...event('"a":0')] },
  { name: 'after everything', around: (blank) => [...event('"a":0'), ...blank] },
  { name: 'before a value', around: (blank) => event('"a":', ...blank, '0') },
  { name: 'in an empty list', around: (blank) => withProperties('"a":[', ...blank, ']') },
  { name: 'between events', around: (blank) => batch(GOOD, ...blank, ',', ...blank, GOOD) },
  { name: 'in an item', around: (blank) => snapshot(['{', ...blank, '"type":3}']) },
  { name: 'in a strict event', isStrict: true, around: (blank) => strict(['"a":', ...blank, '0']) },
];
