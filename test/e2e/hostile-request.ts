import type { SeededRandom } from '@app/testing';
import type { WireRequest } from '../corpus/runner.js';
import { encodeBody } from '../corpus/runner.js';

const PATHS = ['/e', '/e/', '/capture', '/track/', '/engage', '/batch/', '/i/v0/e/'];
/** Mostly what is taken: refusals at the door would keep the rest from being tried. */
const METHODS = [...Array<string>(16).fill('POST'), 'GET', 'GET', 'OPTIONS', 'PUT', 'DELETE'];
const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=UTF-8',
  'multipart/form-data',
  'multipart/form-data; boundary=corpus-boundary',
  'multipart/form-data; boundary=',
  'application/octet-stream',
  'image/png',
  ';;',
  'nonsense',
  'application/json, text/plain',
  '',
];
const QUERIES = [
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  'compression=gzip-js',
  'compression=lz64',
  'compression=base64',
  'beacon=1',
  '_=1694769302325',
  '_=x',
  'ip=1&ver=1.2',
  'data=',
  'data=%',
  'data=%zz',
  'data=e30',
  '&&==&',
  'compression=gzip&compression=lz64',
  'data[]=1',
  '__proto__=1',
];
const NUMBERS = [
  '0',
  '-0',
  '1e999',
  '-1e999',
  '1e-999',
  '99999999999999999999999999',
  '1.0',
  '01',
  '1.',
  '.5',
  '+1',
  '0x10',
  '1e',
  'NaN',
  'Infinity',
  '-Infinity',
  '-NaN',
  `1${'0'.repeat(400)}`,
];
const NAMES = [
  'token',
  '$token',
  'api_key',
  'event',
  'distinct_id',
  '$distinct_id',
  'uuid',
  'timestamp',
  'offset',
  'properties',
  '$set',
  '$set_once',
  'batch',
  'sent_at',
  'historical_migration',
  '__proto__',
];

/** One request that some broken or hostile client might send; the same for the same random numbers. */
export function hostileRequest(random: SeededRandom): WireRequest {
  const query = random.pick(QUERIES);
  const headers: Record<string, string> = { 'content-type': random.pick(CONTENT_TYPES) };
  if (random.chance(0.2)) headers['content-encoding'] = random.pick(['gzip', 'gzip, gzip', 'br', 'deflate', 'identity', 'lz64', '\u00ff']);
  if (random.chance(0.2)) headers['x-forwarded-for'] = random.pick(['1.2.3.4', 'unknown', '"', ',,,', '::1', '[::1]:80', 'a'.repeat(5000)]);
  if (random.chance(0.1)) headers.origin = random.pick(['null', 'https://a.example', 'x', '']);
  if (random.chance(0.1)) headers['user-agent'] = random.pick(['', '"}', 'x'.repeat(3000)]);
  const method = random.pick(METHODS);
  return {
    method,
    url: random.pick(PATHS) + (query === '' ? '' : `?${query}`),
    headers,
    body: method === 'GET' && random.chance(0.7) ? undefined : wrap(random, Buffer.from(payload(random))),
  };
}

function payload(random: SeededRandom): string | Buffer {
  switch (random.int(12)) {
    case 0:
      return random.bytes(random.int(300));
    case 1:
      return mutate(random, Buffer.from(validBody(random)));
    case 2:
      return deep(random);
    case 3:
      return `{"token":"phc_fuzz","event":"e","distinct_id":${random.pick(NUMBERS)},"properties":{"a":${random.pick(NUMBERS)}},"offset":${random.pick(NUMBERS)}}`;
    case 4:
      return wrongTypes(random);
    case 5:
      return random.pick([
        '',
        'undefined',
        'null',
        '""',
        '[]',
        '[[]]',
        '{}',
        '[{}]',
        'true',
        '{"batch":{}}',
        '{"batch":[[]]}',
        '\ufeff',
        '{"a":"\\ud800"}',
        'data=',
        '-',
        '"',
        '{"":',
      ]);
    default:
      return validBody(random);
  }
}

function validBody(random: SeededRandom): string {
  const event = (): string =>
    `{"token":"phc_fuzz","event":${JSON.stringify(random.pick(['e', 'e', '$pageview', '$exception', '', 'é😀', '$performance_event']))},` +
    `"distinct_id":${random.pick(['"d"', '"d"', '"é😀"', '1.0', 'null', '[NaN,{"a":-Infinity}]', '{"b":1,"a":[2]}', '"\\u0000"', '"   "'])},` +
    `"uuid":${random.pick(['null', '""', 'null', '"x"', '"0190a5c2-1f6c-7e1a-8b1e-3d5f7a9b1c2d"'])},` +
    `"timestamp":${random.pick(['null', '"2024-01-01"', '"x"', '"9999-99-99"', '""'])},` +
    `"properties":{"$session_id":"s","a":${random.pick(['1', '"\\ud83d"', '[NaN]', '{"b":{}}', '"\\u0000"'])}}}`;
  const events = random.times(random.int(4), event).join(random.pick([',', ' ,\n']));
  return random.pick([
    event(),
    `[${events}]`,
    `{"api_key":"phc_fuzz","sent_at":${random.pick(['"2024-01-01T00:00:00Z"', 'null', '5', '"x"'])},"batch":[${events}]}`,
  ]);
}

function wrongTypes(random: SeededRandom): string {
  const value = (): string => random.pick(['null', 'true', '5', '"x"', '[]', '{}', '[[{}]]', '{"a":{}}', '"\u00e9"', '-1.5e300']);
  const members = random.times(random.int(12), () => `"${random.pick(NAMES)}":${value()}`).join(',');
  return random.chance(0.5) ? `{${members}}` : `[{${members}},null,{"token":"phc_fuzz","event":"e","distinct_id":"d"}]`;
}

function deep(random: SeededRandom): string {
  const levels = random.pick([10, 127, 128, 129, 1000, 20_000, 200_000]);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return `{"token":"phc_fuzz","event":"e","distinct_id":"d","properties":{"a":${open.repeat(levels)}1${random.chance(0.8) ? close.repeat(levels) : ''}}}`;
}

function mutate(random: SeededRandom, bytes: Buffer): Buffer {
  let result = Buffer.from(bytes);
  for (let changes = 1 + random.int(6); changes > 0 && result.length > 0; changes--) {
    const at = random.int(result.length);
    switch (random.int(4)) {
      case 0:
        result[at] = random.int(256);
        break;
      case 1:
        result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + random.int(8))]);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, at), random.bytes(random.int(8)), result.subarray(at)]);
        break;
      default:
        result = Buffer.concat([result.subarray(0, at), result.subarray(random.int(result.length))]);
    }
  }
  return result;
}

/** Encodings as they should be, as they should not be, and cut off. */
function wrap(random: SeededRandom, bytes: Buffer): Buffer {
  const steps = random.pick([
    [],
    [],
    [],
    ['gzip'],
    ['gzip'],
    ['base64'],
    ['form:data'],
    ['base64', 'form:data'],
    ['lz64', 'form:data', 'append:&compression=lz64'],
    ['multipart:data'],
    ['gzip', 'gzip'],
    ['gzip', 'base64'],
    ['base64', 'base64'],
    ['bom'],
    ['utf16le'],
    ['cesu8'],
  ]);
  const whole = encodeBody(bytes, steps);
  if (random.chance(0.1)) return whole.subarray(0, random.int(whole.length + 1));
  return random.chance(0.1) ? mutate(random, whole) : whole;
}
