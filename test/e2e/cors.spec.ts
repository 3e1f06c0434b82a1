import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

const ORIGIN = 'https://app.example.com';
const CORS = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' };
const PATHS = ['/e/', '/capture', '/track/', '/engage', '/batch/', '/batch', '/i/v0/e/'];

describe('CORS', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway({ MAX_BODY_BYTES: '2048' });
  });
  afterAll(() => gateway.close());

  it.each(PATHS)('a preflight on %s mirrors origin and headers, with credentials', async (url) => {
    const asked = 'content-type,traceparent,x-highlight-request,content-encoding';
    const headers = { origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': asked };
    const answer = await gateway.send({ method: 'OPTIONS', url, headers, body: undefined });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject(CORS);
    expect(answer.headers['access-control-allow-headers']?.replaceAll(' ', '')).toBe(asked);
    const methods = answer.headers['access-control-allow-methods']?.split(/, */);
    expect(methods).toEqual(expect.arrayContaining(['GET', 'POST', 'OPTIONS']));
  });

  const answers = [
    { what: 'success', request: post('/e/', anEventBody(), { origin: ORIGIN }), status: 200 },
    { what: 'a beacon', request: post('/e/?beacon=1', anEventBody(), { origin: ORIGIN }), status: 204 },
    { what: 'a body that is no JSON', request: post('/e/', '{', { origin: ORIGIN }), status: 400 },
    { what: 'a missing token', request: post('/e/', { event: 'e', distinct_id: 'd' }, { origin: ORIGIN }), status: 401 },
    { what: 'an oversized body', request: post('/e/', ' '.repeat(3000), { origin: ORIGIN }), status: 413 },
    { what: 'a route that is none', request: post('/nothing', anEventBody(), { origin: ORIGIN }), status: 404 },
    { what: 'truncated gzip', request: { ...post('/e/', '', { origin: ORIGIN }), body: Buffer.from('1f8b0800', 'hex') }, status: 400 },
  ];
  it.each(answers)('$what carries the headers, or a browser would hide it and resend', async ({ request, status }) => {
    const answer = await gateway.send(request);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(CORS);
    expect(answer.headers.vary?.toLowerCase()).toContain('origin');
    const exposed = answer.headers['access-control-expose-headers']?.toLowerCase() ?? '';
    expect(exposed).toContain('retry-after');
    expect(exposed).toContain('inlet-ack');
  });

  it('never answers with a wildcard, which credentials forbid', async () => {
    const answer = await gateway.send(post('/e/', anEventBody(), { origin: 'null' }));
    expect(answer.headers['access-control-allow-origin']).toBe('null');
  });

  it('leaves requests without an origin alone', async () => {
    const answer = await gateway.send(post('/e/', anEventBody()));
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});
