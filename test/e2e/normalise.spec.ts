import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, post, type Gateway } from './gateway.js';

type Id = string | number | boolean | null;

interface Read {
  token?: string | null;
  $token?: string | null;
  api_key?: string | null;
  event?: string | null;
  distinct_id?: Id;
  $distinct_id?: Id;
  properties?: { token?: string; distinct_id?: Id; $session_id?: unknown; $cookieless_mode?: boolean } | null;
}

/** A key as it stands in the text: plainly, or with its first character escaped. */
const key = (name: string) =>
  fc.boolean().map((escaped) => (escaped ? `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"` : `"${name}"`));
const member = (name: string, values: readonly string[]) => fc.tuple(key(name), fc.constantFrom(...values)).map((pair) => pair.join(':'));
const object = (members: fc.Arbitrary<string>) => fc.array(members, { maxLength: 9 }).map((list) => `{${list.join(',')}}`);

const TOKENS = ['"phc_a"', '"phc_a"', '" phc_a "', '"phc_b"', 'null'];
const IDS = ['"a"', '" b "', '5', 'true', 'null', '""', '"\\u00e9"', '"a\\"b"'];
const properties = object(
  fc.oneof(
    member('token', ['"phc_a"', '"phc_c"']),
    member('distinct_id', IDS),
    member('$session_id', ['"s"', '"\\u0073t"', '5', 'null']),
    member('$cookieless_mode', ['true', 'false']),
    member('nested', ['{"distinct_id":"no","token":"no"}', '[{"event":"no"}]']),
  ),
);
const events = object(
  fc.oneof(
    { weight: 2, arbitrary: member('token', TOKENS) },
    member('$token', TOKENS),
    member('api_key', TOKENS),
    { weight: 3, arbitrary: member('event', ['"e"', '"f"', '"\\u0065"', '""', 'null']) },
    { weight: 3, arbitrary: member('distinct_id', IDS) },
    member('$distinct_id', IDS),
    {
      weight: 2,
      arbitrary: fc
        .tuple(key('properties'), fc.oneof({ weight: 5, arbitrary: properties }, fc.constant('null')))
        .map((pair) => pair.join(':')),
    },
    member('batchy', ['[]', '{"token":"no"}']),
  ),
);

/** What JSON.parse would make of it, and the rules in ten lines: the slow and obvious way. */
function reading(text: string): Record<string, unknown> | string {
  const event = JSON.parse(text) as Read;
  const token = (event.token ?? event.$token ?? event.api_key ?? event.properties?.token)?.trim();
  const id = event.distinct_id ?? event.$distinct_id ?? event.properties?.distinct_id;
  const session = event.properties?.$session_id;
  if (token === undefined) return 'event submitted without an api_key';
  if (event.event === undefined || event.event === null) return 'failed to hydrate events from request';
  if (event.event === '') return 'event submitted with an empty event name';
  if (id === undefined || id === null || String(id).trim() === '') return 'event submitted without a distinct_id';
  const cookieless = event.properties?.$cookieless_mode === true;
  return { token, event: event.event, distinct_id: String(id), session: typeof session === 'string' ? session : undefined, cookieless };
}

describe('normalisation, against a reading by JSON.parse', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it('agrees on aliases, doubled keys, escaped keys and nulls', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (text) => {
        const answer = await gateway.send(post('/e/', text));
        const [message] = gateway.taken();
        const expected = reading(text);
        if (typeof expected === 'string') {
          expect(answer.body.slice(0, expected.length)).toBe(expected);
          return;
        }
        expect(answer.body).toBe('{"status":"Ok"}');
        const { token, event, distinct_id, is_cookieless_mode } = JSON.parse(message.value) as Record<string, unknown>;
        const got = { token, event, distinct_id, session: message.headers.session_id, cookieless: is_cookieless_mode === true };
        expect(got).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });
});
