import { repeat, type Part } from '../body/parts.js';
import { STRICT } from '../request.js';
import { ANY, casesOf, type HostileCase } from './case.js';
import { batch, event, ITEM, snapshot, strictBatch, strictEvent, withProperties } from './shapes.js';

const MB = 1_000_000;
const MEMBERS = '"":0,';
const LAST = '"":0';

const base64 = casesOf('base64', [
  ['75 MB of "A ", gzipped twice', { route: '/e', parts: [repeat('A ', 75 * MB)], codings: ['gzip', 'gzip'] }, { isShort: true }],
  ['75 MB of "A ", gzipped once', { route: '/e', parts: [repeat('A ', 75 * MB)], codings: ['gzip'] }],
  ['20 MB of "A ", not compressed', { route: '/batch', parts: [repeat('A ', 20 * MB)] }],
  ['75 MB of "A" without blanks', { route: '/i/v0/e', parts: [repeat('A', 75 * MB)], codings: ['gzip'] }],
  ['20 MB of "A " in a part of a form', { route: '/capture', parts: [repeat('A ', 20 * MB - 1000)], codings: ['multipart'] }],
  ['75 MB of "A " on the route of recordings', { route: '/s', parts: [repeat('A ', 75 * MB)], codings: ['gzip', 'gzip'] }],
  ['30 KB of "A " in a query', { route: '/e', parts: [repeat('A ', 15_000)], isGet: true }],
  ['75 MB of line breaks and digits', { route: '/engage', parts: [repeat('QUJD\r\n', 75 * MB)], codings: ['gzip'] }],
  ['base64 in base64 in base64', { route: '/e', parts: [repeat('0', 8 * MB)], codings: ['base64', 'base64', 'base64'] }],
  ['20 MB of "A " where flags are asked for', { route: '/flags', parts: [repeat('A ', 20 * MB)] }, { statuses: ANY }],
]);

const heatmap = casesOf('heatmap', [
  [
    '75 MB of members beside $heatmap_data, gzipped three times',
    {
      route: '/e',
      parts: withProperties('"$heatmap_data":1,', repeat(MEMBERS, 75 * MB), LAST),
      codings: ['gzip', 'gzip', 'gzip'],
    },
    { isShort: true },
  ],
  [
    'the same, gzipped once',
    { route: '/e', parts: withProperties('"$heatmap_data":1,', repeat(MEMBERS, 75 * MB), LAST), codings: ['gzip'] },
  ],
  [
    '60 MB of members inside',
    { route: '/batch', parts: batch(...withProperties('"$heatmap_data":{', repeat(MEMBERS, 60 * MB), LAST, '}')), codings: ['gzip'] },
  ],
  [
    '60 MB of lists inside',
    { route: '/i/v0/e', parts: withProperties('"$heatmap_data":{"u":[', repeat('[],', 60 * MB), '0]}'), codings: ['gzip'] },
  ],
  [
    '60 MB of $heatmap_data again and again',
    { route: '/e', parts: withProperties(repeat('"$heatmap_data":{},', 60 * MB), LAST), codings: ['gzip'] },
  ],
  [
    'strict, 45 MB beside it, br',
    {
      route: STRICT,
      parts: strictBatch(strictEvent(',"properties":{"$heatmap_data":1,', repeat(MEMBERS, 45 * MB), LAST, '}')),
      codings: ['br'],
    },
    { statuses: ANY },
  ],
]);

const engage = casesOf('engage', [
  [
    '60 MB of members beside $set',
    {
      route: '/engage',
      parts: ['{"$token":"phc_hostile","$distinct_id":"d","$set":{},', repeat(MEMBERS, 60 * MB), LAST, '}'],
      codings: ['gzip'],
    },
    { isShort: true },
  ],
  [
    '60 MB of members in $set',
    {
      route: '/engage',
      parts: ['{"$token":"phc_hostile","$distinct_id":"d","$set":{', repeat(MEMBERS, 60 * MB), LAST, '}}'],
      codings: ['gzip'],
    },
  ],
  [
    '60 MB of $set again and again',
    {
      route: '/engage',
      parts: ['{"$token":"phc_hostile","$distinct_id":"d",', repeat('"$set":{},', 60 * MB), '"$set":{}}'],
      codings: ['gzip'],
    },
  ],
  [
    '18 MB of members in properties, in a form',
    {
      route: '/engage',
      parts: ['{"$token":"phc_hostile","$distinct_id":"d","$set":{},"properties":{', repeat('"":0,', 6 * MB), LAST, '}}'],
      codings: ['form'],
    },
  ],
  [
    '60 MB in a list of updates, gzip in base64',
    {
      route: '/engage',
      parts: ['[', repeat('{"$token":"phc_hostile","$distinct_id":"d","$set":{"a":[[],[]]}},', 60 * MB), '0]'],
      codings: ['gzip', 'base64'],
    },
  ],
]);

const metadata = casesOf('metadata of a recording', [
  [
    '75 MB of lists beside $snapshot_data, gzipped three times',
    { route: '/e', parts: snapshot([ITEM], ',"x":[', repeat('[],', 75 * MB), '0]'), codings: ['gzip', 'gzip', 'gzip'] },
    { isShort: true },
  ],
  ['the same, gzipped once', { route: '/e', parts: snapshot([ITEM], ',"x":[', repeat('[],', 75 * MB), '0]'), codings: ['gzip'] }],
  ['the same, without a thread', { route: '/s', parts: snapshot([ITEM], ',"x":[', repeat('[],', 60 * MB), '0]'), codings: ['gzip'] }],
  [
    '60 MB of empty objects',
    { route: '/batch', parts: batch(...snapshot([ITEM], ',"x":[', repeat('{},', 60 * MB), '0]')), codings: ['gzip'] },
  ],
  ['60 MB of texts', { route: '/i/v0/e', parts: snapshot([ITEM], ',"x":[', repeat('"",', 60 * MB), '0]'), codings: ['gzip'] }],
  ['20 MB of members, not compressed', { route: '/s', parts: snapshot([ITEM], ',', repeat(MEMBERS, 20 * MB), LAST) }],
  [
    'strict, 45 MB of lists, zstd',
    {
      route: STRICT,
      parts: strictBatch(strictEvent(',"session_id":"s","properties":{"$snapshot_data":[0],"x":[', repeat('[],', 45 * MB), '0]}')),
      codings: ['zstd'],
    },
    { statuses: ANY },
  ],
]);

/** Too large items are replaced, and the recording is stored: that they are too large must be seen without looking in. */
const items = casesOf('items of a recording', [
  [
    'one of 60 MB of members',
    { route: '/s', parts: snapshot(['{', repeat(MEMBERS, 60 * MB), LAST, '}']), codings: ['gzip'] },
    { statuses: ANY, isShort: true },
  ],
  ['one of 20 MB of members', { route: '/s', parts: snapshot(['{', repeat(MEMBERS, 20 * MB), LAST, '}']) }, { statuses: ANY }],
  [
    'one of 60 MB of lists',
    { route: '/e', parts: snapshot(['{"type":3,"data":[', repeat('[],', 60 * MB), '0]}']), codings: ['gzip'] },
    { statuses: ANY },
  ],
  [
    'one text of 60 MB of escapes',
    { route: '/s', parts: snapshot(['{"data":"', repeat('\\u0000', 60 * MB), '"}']), codings: ['gzip'] },
    { statuses: ANY },
  ],
  ['60 MB of empty ones', { route: '/s', parts: snapshot([repeat('{},', 60 * MB), '{}']), codings: ['gzip'] }, { statuses: ANY }],
  ['60 MB of numbers', { route: '/batch', parts: batch(...snapshot([repeat('0,', 60 * MB), '0'])), codings: ['gzip'] }, { statuses: ANY }],
  [
    '60 MB of $snapshot_data again and again',
    { route: '/s', parts: snapshot([ITEM], repeat(',"$snapshot_data":[{}]', 60 * MB)), codings: ['gzip'] },
    { statuses: ANY },
  ],
]);

const strictName = (text: string, bytes: number): Part[] => strictBatch(strictEvent(',"event":"', repeat(text, bytes), '"'));
const names = casesOf('name of an event', [
  ['strict, 48 MB of "ā", gzip', { route: STRICT, parts: strictName('ā', 48 * MB), codings: ['gzip'] }, { statuses: ANY, isShort: true }],
  ['strict, 48 MB of "ā", br', { route: STRICT, parts: strictName('ā', 48 * MB), codings: ['br'] }, { statuses: ANY }],
  ['strict, 48 MB of "😀", zstd', { route: STRICT, parts: strictName('😀', 48 * MB), codings: ['zstd'] }, { statuses: ANY }],
  ['strict, 20 MB of "ā", deflate', { route: STRICT, parts: strictName('ā', 20 * MB), codings: ['deflate'] }, { statuses: ANY }],
  ['strict, 10 MB of "ā", not compressed', { route: STRICT, parts: strictName('ā', 10 * MB) }, { statuses: ANY }],
  ['strict, 48 MB of escapes, gzip', { route: STRICT, parts: strictName('\\u0101', 48 * MB), codings: ['gzip'] }, { statuses: ANY }],
  ['60 MB of "ā"', { route: '/e', parts: event('"event":"', repeat('ā', 60 * MB), '"'), codings: ['gzip'] }],
  ['60 MB of lone surrogates', { route: '/i/v0/e', parts: event('"event":"', repeat('\\ud800', 60 * MB), '"'), codings: ['gzip'] }],
]);

const ids = casesOf('distinct_id', [
  ['15 MB of numbers', { route: '/e', parts: event('"distinct_id":[', repeat('1,', 15 * MB), '1]'), codings: ['gzip'] }],
  ['25 MB of numbers', { route: '/e', parts: event('"distinct_id":[', repeat('1,', 25 * MB), '1]'), codings: ['gzip'] }, { isShort: true }],
  [
    '25 MB of members',
    { route: '/batch', parts: batch(...event('"distinct_id":{', repeat('"a":1,', 25 * MB), '"a":1}')), codings: ['gzip'] },
  ],
  ['25 MB of lists', { route: '/i/v0/e', parts: event('"distinct_id":[', repeat('[],', 25 * MB), '1]'), codings: ['gzip'] }],
  ['25 MB of digits', { route: '/e', parts: event('"distinct_id":', repeat('1', 25 * MB)), codings: ['gzip'] }],
  ['25 MB of text', { route: '/e', parts: event('"distinct_id":"', repeat('\\u00e9', 25 * MB), '"'), codings: ['gzip'] }],
  [
    '25 MB in properties',
    {
      route: '/e',
      parts: ['{"token":"phc_hostile","event":"e","properties":{"distinct_id":[', repeat('1,', 25 * MB), '1]}}'],
      codings: ['gzip'],
    },
  ],
  [
    '25 MB of distinct_id again and again',
    { route: '/e', parts: event(repeat('"distinct_id":[1],', 25 * MB), '"distinct_id":[1]'), codings: ['gzip'] },
  ],
  ['55 KB in a query', { route: '/e', parts: event('"distinct_id":[', repeat('1,', 15_000), '1]'), isGet: true }, { statuses: ANY }],
]);

const TEN_THOUSAND = `"batch":[${'0,'.repeat(9_999)}0],`;
const batches = casesOf('batch', [
  [
    '40 MB of batches of 10,000',
    { route: '/batch', parts: ['{"api_key":"phc_hostile",', repeat(TEN_THOUSAND, 40 * MB), '"a":0}'], codings: ['gzip'] },
  ],
  [
    '60 MB of batches of 10,000',
    { route: '/batch', parts: ['{"api_key":"phc_hostile",', repeat(TEN_THOUSAND, 60 * MB), '"a":0}'], codings: ['gzip'] },
    { isShort: true },
  ],
  [
    '60 MB of empty batches',
    { route: '/e', parts: ['{"api_key":"phc_hostile",', repeat('"batch":[],', 60 * MB), '"batch":[]}'], codings: ['gzip'] },
  ],
  [
    '60 MB of batches of one event',
    { route: '/batch', parts: ['{"api_key":"phc_hostile",', repeat('"batch":[{"event":"e"}],', 60 * MB), '"a":0}'], codings: ['gzip'] },
  ],
  ['60 MB of numbers in a list', { route: '/e', parts: ['[', repeat('0,', 60 * MB), '0]'], codings: ['gzip'] }],
  ['60 MB of lists in a list', { route: '/i/v0/e', parts: ['[', repeat('[],', 60 * MB), '0]'], codings: ['gzip'] }],
  [
    '9,999 events of 6 KB of members',
    {
      route: '/batch',
      parts: batch(repeat(`{"event":"e","distinct_id":"d","properties":{${'"":0,'.repeat(1200)}"":0}},`, 60 * MB), '0'),
      codings: ['gzip'],
    },
    { statuses: ANY },
  ],
  [
    'strict, 49 MB of batches of 10,000',
    { route: STRICT, parts: ['{"created_at":"2026-11-24T12:00:00Z",', repeat(TEN_THOUSAND, 49 * MB), '"a":0}'], codings: ['gzip'] },
  ],
]);

const beside = casesOf('members beside a batch', [
  [
    'strict, 49 MB of lists',
    { route: STRICT, parts: strictBatch(strictEvent(), ',"x":[', repeat('[],', 49 * MB), '0]'), codings: ['gzip'] },
    { isShort: true },
  ],
  [
    'strict, 49 MB of lists in options',
    { route: STRICT, parts: strictBatch(strictEvent(',"options":{"x":[', repeat('[],', 49 * MB), '0]}')), codings: ['gzip'] },
    { statuses: ANY },
  ],
  [
    'strict, 49 MB of members in options',
    { route: STRICT, parts: strictBatch(strictEvent(',"options":{', repeat(MEMBERS, 49 * MB), LAST, '}')), codings: ['br'] },
    { statuses: ANY },
  ],
  [
    'strict, 49 MB of objects',
    { route: STRICT, parts: strictBatch(strictEvent(), ',"x":[', repeat('{},', 49 * MB), '0]'), codings: ['zstd'] },
  ],
  [
    'strict, 49 MB of created_at',
    { route: STRICT, parts: strictBatch(strictEvent(), ',', repeat('"created_at":[],', 49 * MB), LAST), codings: ['deflate'] },
  ],
  [
    '60 MB of lists',
    {
      route: '/batch',
      parts: ['{"api_key":"phc_hostile","x":[', repeat('[],', 60 * MB), '0],"batch":[{"event":"e","distinct_id":"d"}]}'],
      codings: ['gzip'],
    },
    { statuses: ANY },
  ],
]);

const members = casesOf('members of an event', [
  [
    'strict, 49 MB',
    { route: STRICT, parts: strictBatch(strictEvent(',', repeat(MEMBERS, 49 * MB), LAST)), codings: ['gzip'] },
    { statuses: ANY, isShort: true },
  ],
  [
    'strict, 49 MB of session_id',
    { route: STRICT, parts: strictBatch(strictEvent(',', repeat('"session_id":"",', 49 * MB), LAST)), codings: ['br'] },
    { statuses: ANY },
  ],
  [
    'strict, 20 MB, not compressed',
    { route: STRICT, parts: strictBatch(strictEvent(',', repeat(MEMBERS, 10 * MB), LAST)) },
    { statuses: ANY },
  ],
  ['60 MB', { route: '/e', parts: event(repeat(MEMBERS, 60 * MB), LAST), codings: ['gzip'] }],
  ['60 MB of properties', { route: '/e', parts: event(repeat('"properties":{},', 60 * MB), LAST), codings: ['gzip'] }],
  ['60 MB of timestamps', { route: '/e', parts: event(repeat('"timestamp":"2026-01-01",', 60 * MB), LAST), codings: ['gzip'] }],
]);

const ipMembers = withProperties('"$ip":"203.0.113.9",', repeat(MEMBERS, 20 * MB), LAST);
const addresses = casesOf('addresses', [
  [
    '20 MB of members and one $ip, truncated',
    { route: '/e', parts: ipMembers, codings: ['gzip'] },
    { env: { IP_MODE: 'truncate' }, isShort: true },
  ],
  ['20 MB of members and one $ip, dropped', { route: '/e', parts: ipMembers, codings: ['gzip'] }, { env: { IP_MODE: 'drop' } }],
  [
    '60 MB of $ip, truncated',
    { route: '/batch', parts: batch(...withProperties(repeat('"$ip":"203.0.113.9",', 60 * MB), LAST)), codings: ['gzip'] },
    { env: { IP_MODE: 'truncate' } },
  ],
  [
    '60 MB of $ip under escapes, dropped',
    { route: '/i/v0/e', parts: withProperties(repeat('"\\u0024ip":"::1",', 60 * MB), LAST), codings: ['gzip'] },
    { env: { IP_MODE: 'drop' } },
  ],
  [
    'strict, 45 MB of members and one $ip',
    {
      route: STRICT,
      parts: strictBatch(strictEvent(',"properties":{"$ip":"::1",', repeat(MEMBERS, 45 * MB), LAST, '}')),
      codings: ['gzip'],
    },
    { env: { IP_MODE: 'truncate' }, statuses: ANY },
  ],
]);

const form = casesOf('form', [
  ['20 MB of "+"', { route: '/e', parts: [repeat('+', 20 * MB)], codings: ['form-raw'] }, { isShort: true }],
  ['20 MB of "%2B"', { route: '/batch', parts: [repeat('%2B', 20 * MB)], codings: ['form-raw'] }],
  ['20 MB of "%"', { route: '/capture', parts: [repeat('%', 20 * MB)], codings: ['form-raw'] }],
  ['20 MB of "&"', { route: '/e', parts: [repeat('&', 20 * MB)], codings: ['form-raw'] }],
  ['20 MB of fields', { route: '/i/v0/e', parts: [repeat('a&data=', 20 * MB)], codings: ['form-raw'] }],
  [
    '20 MB of "+" in a name',
    { route: '/e', parts: ['data=&', repeat('+', 20 * MB), '=1'], headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
  ['55 KB of "+" in a query', { route: '/e', parts: [repeat('+', 18_000)], isGet: true }],
]);

/** A JavaScript object for every element of an event, or of what stands beside one. */
export const ELEMENTS: readonly HostileCase[] = [
  ...base64,
  ...heatmap,
  ...engage,
  ...metadata,
  ...items,
  ...names,
  ...ids,
  ...batches,
  ...beside,
  ...members,
  ...addresses,
  ...form,
];
