import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MULTIPART_BOUNDARY } from '../corpus/encode-body.js';
import { encodeBody, type WireRequest } from '../corpus/runner.js';
import { openGateway, type Gateway } from './gateway.js';

const EVENT = '{"token":"phc_e2e","event":"e","distinct_id":"d","properties":{"a":"é😀"}}';
const RECORDING =
  '{"token":"phc_e2e","event":"$snapshot","distinct_id":"d","properties":{"$session_id":"s","$window_id":"w","$snapshot_data":[{"type":3,"data":"é😀","timestamp":1}]}}';
const ROUTES = ['/e', '/e/', '/capture', '/track/', '/engage/', '/batch', '/i/v0/e/', '/s/'];

/** How an SDK, a browser or a proxy writes an event; `hint` is what it is called, where it must be called something. */
interface Coding {
  readonly steps: readonly string[];
  readonly hint?: string;
}
const TEXTS: readonly Coding[] = [
  { steps: [] },
  { steps: ['base64'] },
  { steps: ['base64', 'unpad'] },
  { steps: ['gzip', 'base64'] },
  { steps: ['gzip', 'append:\n', 'base64'] },
  { steps: ['zstd', 'base64'] },
  { steps: ['br', 'base64'], hint: 'br' },
  { steps: ['deflate', 'base64'], hint: 'deflate' },
  { steps: ['deflate-raw', 'base64'], hint: 'deflate' },
  { steps: ['lz64'], hint: 'lz64' },
];
const BYTES: readonly Coding[] = [
  { steps: ['gzip'] },
  { steps: ['gzip', 'append:\r\n'] },
  { steps: ['gzip', 'gzip'] },
  { steps: ['zstd'] },
  { steps: ['zstd', 'gzip'] },
  { steps: ['br'], hint: 'br' },
  { steps: ['deflate'], hint: 'deflate' },
  { steps: ['deflate-raw'], hint: 'deflate' },
];
const HINTS = ['gzip', 'gzip-js', 'x-gzip', 'zstd', 'br', 'deflate', 'base64', 'identity', 'lz4', 'nonsense'];

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const MULTIPART = { 'content-type': `multipart/form-data; boundary=${MULTIPART_BOUNDARY}` };
const TEXT = { 'content-type': 'text/plain' };

interface Sent {
  readonly steps: readonly string[];
  readonly hint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

/** What a body is in; the hint where the form has a place for it. */
const FORMS: Readonly<Record<string, (coding: Coding) => Sent>> = {
  'a body, hinted in a header': ({ steps, hint }) => ({ steps, headers: { ...TEXT, ...(hint && { 'content-encoding': hint }) } }),
  'a body, hinted in the query': ({ steps, hint }) => ({ steps, headers: TEXT, query: hint && `compression=${hint}` }),
  'a form': ({ steps, hint }) => ({ steps: [...steps, 'form:data', ...(hint ? [`append:&compression=${hint}`] : [])], headers: FORM }),
  'a form in gzip': ({ steps, hint }) => ({
    steps: [...steps, 'form:data', ...(hint ? [`append:&compression=${hint}`] : []), 'gzip'],
    headers: FORM,
  }),
  'a form without a content type': ({ steps, hint }) => ({ steps: [...steps, 'form:data'], query: hint && `compression=${hint}` }),
  multipart: ({ steps, hint }) => ({ steps: [...steps, 'multipart:data'], headers: MULTIPART, query: hint && `compression=${hint}` }),
  'multipart in zstd': ({ steps, hint }) => ({
    steps: [...steps, 'multipart:data', 'zstd'],
    headers: MULTIPART,
    query: hint && `compression=${hint}`,
  }),
};

function request(route: string, { steps, headers = {}, query }: Sent): WireRequest {
  const body = encodeBody(Buffer.from(route.startsWith('/s') ? RECORDING : EVENT), steps);
  return { method: 'POST', url: query ? `${route}?${query}` : route, headers, body };
}

function get(route: string, { steps, hint }: Coding): WireRequest {
  const data = encodeBody(Buffer.from(route.startsWith('/s') ? RECORDING : EVENT), [...steps, 'urlencode']).toString();
  return { method: 'GET', url: `${route}?data=${data}${hint ? `&compression=${hint}` : ''}`, headers: {}, body: undefined };
}

const told = ({ steps }: Coding) => steps.join(' > ') || 'JSON';
const table = (codings: readonly Coding[]) => codings.map((coding) => [told(coding), coding] as const);
const products = Object.keys(FORMS).flatMap((form) =>
  // Three compressions are one too many.
  [
    ...TEXTS,
    ...(form.includes('form') ? [] : BYTES.filter(({ steps }) => !form.includes('zstd') || steps.at(-1) !== 'gzip' || steps.length === 1)),
  ].map((coding) => [told(coding), form, coding] as const),
);

describe('on every route that takes what SDKs of a decade send', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  const stored = async (requests: readonly WireRequest[]) => {
    for (const sent of requests) {
      const { status, body } = await gateway.send(sent);
      const taken = gateway.taken().map(({ value }) => value);
      expect({ url: sent.url, status, body, count: taken.length }).toEqual({
        url: sent.url,
        status: 200,
        body: '{"status":"Ok"}',
        count: 1,
      });
      expect(taken[0]).toContain('é😀');
    }
  };

  it.each(products)('%s in %s is stored', async (_told, form, coding) => {
    await stored(ROUTES.map((route) => request(route, FORMS[form](coding))));
  });

  it.each(table(TEXTS))('GET with %s in its query is stored', async (_told, coding) => {
    await stored(ROUTES.map((route) => get(route, coding)));
  });

  it.each(HINTS)('JSON, base64, gzip and a form that are called %s are stored all the same', async (hint) => {
    for (const steps of [[], ['base64'], ['gzip'], ['base64', 'form:data'], ['zstd', 'gzip']]) {
      const headers = { ...TEXT, 'content-encoding': hint };
      await stored(
        ROUTES.flatMap((route) => [request(route, { steps, headers }), request(route, { steps, query: `compression=${hint}` })]),
      );
    }
  });

  it.each([
    ['lz4', 'prepend:\u0004"M\u0018', 'lz4', 'its coding lz4 is not understood: send gzip, zstd, br, deflate, or no compression'],
    ['what nobody names', 'prepend:\u0004"M\u0018', undefined, 'expected a JSON value at byte 0'],
    ['gzip that was read as text', 'read-as:utf-8', 'gzip', 'the body is gzip that was damaged on its way'],
    ['gzip that was cut off', 'truncate:9', 'gzip', 'invalid GZIP data'],
  ])('%s is refused with the reason, as text that a browser may read', async (_told, step, hint, reason) => {
    for (const route of ROUTES) {
      const headers = { ...TEXT, origin: 'https://app.example.com', ...(hint && { 'content-encoding': hint }) };
      const steps = step.startsWith('prepend') ? [step] : ['gzip', step];
      const answer = await gateway.send(request(route, { steps, headers }));
      expect([route, answer.status, answer.headers['content-type'], answer.headers['access-control-allow-origin']]).toEqual([
        route,
        400,
        'text/plain; charset=utf-8',
        'https://app.example.com',
      ]);
      expect(answer.body).toContain(reason);
      expect(gateway.taken()).toEqual([]);
    }
  });
});
