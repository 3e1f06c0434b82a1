import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEATMAP_DATA, HEATMAP_PATHNAME, HEATMAP_URL, textOf, type RawEvent, type RawText } from './raw-event.js';
import { scanPayload } from './scan-payload.js';

const LIMITS = { maxDepth: 32, maxEvents: 100 };
const scan = (text: string): RawEvent => scanPayload(Buffer.from(text), LIMITS).events[0];
/** An event with these properties. */
const properties = (text: string) => scan(`{"properties":{${text}}}`).properties;
const text = (raw: RawText | undefined) => raw && textOf(raw);
const problem = (body: string) => scan(body).problem?.detail;

describe('readTape: members', () => {
  it('finds all that decides where an event goes', () => {
    const event = scan(
      '{"event":"e","uuid":"u","timestamp":"t","sent_at":"s","offset":-5,"token":"k","distinct_id":7,"$set":{},"type":"capture","properties":{"token":"pk","distinct_id":"pd","$session_id":"ps","$window_id":"pw","$ignore_sent_at":true,"$cookieless_mode":false,"capture_internal":null,"other":[1]}}',
    );
    const { name, uuid, timestamp, sentAt, token, distinctId } = event;
    expect([name, uuid, timestamp, sentAt, token, distinctId].map(text)).toEqual(['e', 'u', 't', 's', 'k', '7']);
    expect([event.offset, event.hasSet, event.problem]).toEqual([-5, true, undefined]);
    const { sessionId, windowId, cookieless, ignoreSentAt, isInternal } = event.properties;
    expect([event.properties.token, event.properties.distinctId, sessionId, windowId].map(text)).toEqual(['pk', 'pd', 'ps', 'pw']);
    expect([cookieless, ignoreSentAt, isInternal]).toEqual([false, true, true]);
  });

  it('leaves undefined what is absent or null', () => {
    const event = scan('{"event":null,"token":null,"distinct_id":null,"uuid":null,"offset":null,"$set":null,"properties":null}');
    const { name, token, distinctId, uuid, offset, hasSet } = event;
    expect([name, token, distinctId, uuid, offset, hasSet, event.problem]).toEqual([...Array(5).fill(undefined), false, undefined]);
  });

  it.each([
    ['"token":"a","$token":"b","api_key":"c"', 'a'],
    ['"api_key":"c","$token":"b","token":"a"', 'a'],
    ['"api_key":"c","$token":"b"', 'b'],
    ['"token":null,"api_key":"c"', 'c'],
  ])('of aliased tokens %s takes %s', (members, expected) => {
    expect(text(scan(`{${members}}`).token)).toBe(expected);
  });

  it.each([
    ['"distinct_id":"a","$distinct_id":"b"', 'a'],
    ['"$distinct_id":"b","distinct_id":"a"', 'a'],
    ['"$distinct_id":"b","distinct_id":null', 'b'],
    ['"distinct_id":["a",{"b":1.0}]', '["a",{"b":1.0}]'],
    ['"distinct_id":1e21', '1e21'],
    ['"distinct_id":false', 'false'],
    ['"distinct_id":"caf\\u00e9 é"', 'café é'],
    ['"distinct_id":NaN', undefined],
  ])('of ids %s takes %s', (members, expected) => {
    expect(text(scan(`{${members}}`).distinctId)).toBe(expected);
  });

  it.each([
    ['"event":5', '"event" must be a string, found a number'],
    ['"uuid":{}', '"uuid" must be a string, found an object'],
    ['"timestamp":[1700000000]', '"timestamp" must be a string, found an array'],
    ['"token":["a"]', '"token" must be a string, found an array'],
    ['"$token":true', '"$token" must be a string, found a boolean'],
    ['"properties":"{}"', '"properties" must be an object, found a string'],
    ['"$set":[ 0 ]', '"$set" must be an object, found an array'],
    ['"$set_once":"x"', '"$set_once" must be an object, found a string'],
    ['"offset":"5"', '"offset" must be an integer, found a string'],
    ['"offset":1.5', '"offset" must be an integer, found another number'],
    ['"offset":1e300', '"offset" must be an integer, found another number'],
    ['"event":"e","uuid":1,"offset":"x"', '"uuid" must be a string, found a number'],
  ])('%s is a problem that is named with its index', (members, expected) => {
    expect(problem(`[{${members}}]`)).toBe(`event 0: ${expected}`);
  });

  it('takes a list without anything in it for an empty map', () => {
    const event = scan('{"event":"e","properties":[\t],"$set_once":[]}');
    expect([event.problem, event.hasSet, event.properties.isEmpty, event.properties.end]).toEqual([undefined, true, true, 0]);
  });

  it.each(['null', '"e"', '5', '[{}]', 'true'])('%s in an array is no event, and its neighbour is', (value) => {
    const { events } = scanPayload(Buffer.from(`[${value},{"event":"e"}]`), LIMITS);
    expect(events[0].problem?.detail).toMatch(/^event 0: must be an object, found /);
    expect([events[1].problem, text(events[1].name)]).toEqual([undefined, 'e']);
  });

  it('takes integers of any spelling as offset', () => {
    expect(['0', '-0', '1e3', '1.0', '-250'].map((value) => scan(`{"offset":${value}}`).offset)).toEqual([0, -0, 1000, 1, -250]);
  });

  it('does not look for body members in the events of a batch', () => {
    const { events } = scanPayload(Buffer.from('{"token":"t","batch":[{"batch":5,"historical_migration":true,"event":"e"}]}'), LIMITS);
    expect([events.length, text(events[0].name), events[0].problem]).toEqual([1, 'e', undefined]);
  });
});

describe('readTape: properties', () => {
  it.each([
    ['true', true],
    ['false', false],
    ['null', null],
    ['"true"', null],
    ['1', null],
  ])('reads $cookieless_mode %s as %s', (value, expected) => {
    expect(properties(`"$cookieless_mode":${value}`).cookieless).toBe(expected);
  });

  it('takes ids and tokens of another type than string as absent', () => {
    const { token, sessionId, windowId } = properties('"token":5,"$session_id":{},"$window_id":null');
    expect([token, sessionId, windowId]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['"$heatmap_data":{}', HEATMAP_DATA],
    ['"$heatmap_data":null', 0],
    ['"$current_url":"u","$prev_pageview_pathname":"p"', HEATMAP_URL | HEATMAP_PATHNAME],
    ['"$current_url":5,"$prev_pageview_pathname":null', 0],
    ['"$heatmap_data":{},"$heatmap_data":null', 0],
    ['"$current_url":"u","$current_url":null', 0],
    ['"$prev_pageview_pathname":"p","$prev_pageview_pathname":1', 0],
  ])('marks the parts of a heatmap in %s', (members, bits) => {
    expect(properties(members).heatmap).toBe(bits);
  });

  it('keeps a recording as it is, and goes on editing behind it', () => {
    const body = '{"properties":{"$snapshot_data":["\\u0000"],"a":"\\u0000","b":{"$snapshot_data":"\\u0000"}}}';
    const { edits } = scanPayload(Buffer.from(body), LIMITS);
    expect([...edits].filter((_, i) => i % 2 === 0).map((start) => body.slice(start - 5, start))).toEqual(['"a":"', 'ata":"'.slice(1)]);
  });

  it('forgets the first of two properties whole', () => {
    const event = scan('{"properties":{"token":"a","$session_id":"s","$cookieless_mode":true,"$heatmap_data":1},"properties":{}}');
    expect({ ...event.properties, start: 0, end: 0 }).toEqual(scan('{}').properties);
  });
});

describe('readTape: duplicate and escaped keys', () => {
  const KEYS = [
    'token',
    '$token',
    'api_key',
    'distinct_id',
    '$distinct_id',
    'event',
    'uuid',
    'sent_at',
    'sentAt',
    'offset',
    '$set',
    '$set_once',
  ];
  const VALUES = ['"a"', '"b"', '""', 'null', '7', '{}', '"\\u0063"'];
  /** A key, with one of its characters escaped or not. */
  const spelling = fc.tuple(fc.constantFrom(...KEYS, 'other'), fc.option(fc.nat(), { nil: undefined })).map(([key, at]) => {
    if (at === undefined) return key;
    const i = at % key.length;
    return `${key.slice(0, i)}\\u00${key.charCodeAt(i).toString(16)}${key.slice(i + 1)}`;
  });
  const members = fc.array(fc.tuple(spelling, fc.constantFrom(...VALUES)), { maxLength: 8 });

  const strings = ['token', '$token', 'api_key', 'event', 'uuid'];
  const isWrong = (key: string, value: unknown) =>
    (strings.includes(key) && typeof value !== 'string') ||
    (key === 'offset' && typeof value !== 'number') ||
    (key.startsWith('$set') && typeof value !== 'object');
  const asText = (value: unknown) => (value == null ? undefined : typeof value === 'string' ? value : JSON.stringify(value));
  const asString = (value: unknown) => (typeof value === 'string' ? value : undefined);

  it('are read as JSON.parse reads them: the last counts', () => {
    fc.assert(
      fc.property(members, (list) => {
        const body = `{${list.map(([key, value]) => `"${key}":${value}`).join(',')}}`;
        const parsed = JSON.parse(body) as Record<string, unknown>;
        const event = scan(body);
        const isBad = Object.entries(parsed).some(([key, value]) => value !== null && isWrong(key, value));
        expect(event.problem !== undefined).toBe(isBad);
        expect([event.token, event.name, event.uuid, event.sentAt].map(text)).toEqual([
          asString(parsed.token) ?? asString(parsed.$token) ?? asString(parsed.api_key),
          asString(parsed.event),
          asString(parsed.uuid),
          asString(parsed.sent_at) ?? asString(parsed.sentAt),
        ]);
        expect(text(event.distinctId)).toBe(asText(parsed.distinct_id) ?? asText(parsed.$distinct_id));
        expect(event.offset).toBe(typeof parsed.offset === 'number' ? parsed.offset : undefined);
        const isMap = (value: unknown) => typeof value === 'object' && value !== null;
        expect(event.hasSet).toBe(isMap(parsed.$set) || isMap(parsed.$set_once));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('textOf', () => {
  it('gives back any string that JSON can spell', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.boolean(), (value, isAscii) => {
        const json = JSON.stringify(value);
        const spelled = isAscii ? json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : json;
        expect(text(scan(`{"event":${spelled}}`).name)).toBe(value);
      }),
    );
  });
});
