import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireAnswer, WireRequest } from '../corpus/runner.js';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

const get = (url: string, headers: Record<string, string> = {}): WireRequest => ({ method: 'GET', url, headers, body: undefined });
const json = ({ body }: WireAnswer) => JSON.parse(body) as Record<string, unknown>;
const FLAGS = { token: 'phc_e2e', distinct_id: 'd' };

describe('what SDKs ask beside capture', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it.each(['/flags?v=2', '/flags/?v=2', '/flags/?v=2&ip=0&_=1764000000000&ver=1.449.2', '/flags/'])('%s: no flags', async (url) => {
    const answer = await gateway.send(post(url, FLAGS));
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({ flags: {}, featureFlags: {}, errorsWhileComputingFlags: false });
    expect(json(answer)).not.toHaveProperty('supportedCompression');
  });

  it('/flags gives the configuration, too, when asked', async () => {
    expect(json(await gateway.send(post('/flags/?v=2&config=true', FLAGS)))).toMatchObject({ flags: {}, sessionRecording: false });
  });

  it.each<[string, unknown]>([
    ['/decide/', []],
    ['/decide/?v=1', []],
    ['/decide/?v=2', {}],
    ['/decide/?v=3&ip=1', {}],
  ])('%s: configuration, and flags of its version', async (url, featureFlags) => {
    const answer = json(await gateway.send(post(url, FLAGS)));
    expect(answer).toMatchObject({ featureFlags, featureFlagPayloads: {}, sessionRecording: false, siteApps: [], toolbarParams: {} });
    expect(answer.supportedCompression).toContain('gzip-js');
  });

  it.each([
    [
      'a form',
      Buffer.from(`data=${encodeURIComponent(Buffer.from(JSON.stringify(FLAGS)).toString('base64'))}`),
      'application/x-www-form-urlencoded',
    ],
    ['text', Buffer.from(JSON.stringify(FLAGS)), 'text/plain'],
    ['gzip', gzipSync(JSON.stringify(FLAGS)), 'text/plain'],
    ['nothing', Buffer.alloc(0), 'application/json'],
    ['garbage of no type', Buffer.from('{{{'), 'no type'],
  ])('takes %s as a question', async (_, body, type) => {
    for (const url of ['/flags/?v=2', '/decide/?v=3'])
      expect((await gateway.send({ ...post(url, ''), body, headers: { 'content-type': type } })).status).toBe(200);
  });

  it.each(['/array/phc_e2e/config', '/array/phc_e2e/config?ip=0', '/array/phc_e2e/config/'])(
    '%s: capture, and nothing else',
    async (url) => {
      const answer = await gateway.send(get(url));
      expect([answer.status, answer.headers['content-type']]).toEqual([200, expect.stringMatching(/^application\/json/)]);
      expect(json(answer)).toMatchObject({
        supportedCompression: ['gzip', 'gzip-js'],
        hasFeatureFlags: false,
        sessionRecording: false,
        surveys: false,
        heatmaps: false,
        siteApps: [],
      });
    },
  );

  it('/array/<token>/config.js is a script that leaves the same where SDKs look', async () => {
    const answer = await gateway.send(get('/array/phc_e2e/config.js'));
    expect(answer.headers['content-type']).toMatch(/^application\/javascript/);
    const window: { _POSTHOG_REMOTE_CONFIG?: Record<string, { config: object; siteApps: unknown[] }> } = {};
    runInNewContext(answer.body, { window });
    const { siteApps, ...config } = json(await gateway.send(get('/array/phc_e2e/config')));
    expect(JSON.parse(JSON.stringify(window))).toEqual({ _POSTHOG_REMOTE_CONFIG: { phc_e2e: { config, siteApps } } });
  });

  it('puts no token into a script that could end it', async () => {
    const answer = await gateway.send(get(`/array/${encodeURIComponent('"</script>')}/config.js`));
    expect([answer.status, answer.body.includes('</')]).toEqual([200, false]);
    expect((await gateway.send(get('/array/phx_personal/config'))).status).toBe(401);
  });

  it('has no scripts', async () => {
    expect((await gateway.send(get('/static/1.449.2/lazy-recorder.js'))).status).toBe(404);
  });

  it('answers browsers of any origin, and their preflights', async () => {
    const origin = 'https://app.example';
    const answer = await gateway.send(post('/flags/?v=2', FLAGS, { origin }));
    const preflight = await gateway.send({
      method: 'OPTIONS',
      url: '/decide/?v=3',
      headers: { origin, 'access-control-request-method': 'POST' },
      body: undefined,
    });
    expect([answer, preflight].map(({ status, headers }) => [status, headers['access-control-allow-origin']])).toEqual([
      [200, origin],
      [200, origin],
    ]);
  });

  it('produces nothing', () => {
    expect(gateway.taken()).toEqual([]);
  });
});

describe('SDK_ROUTES and SDK_SESSION_RECORDING', () => {
  it('off serves none of it', async () => {
    const gateway = await openGateway({ SDK_ROUTES: 'off' });
    const answers = [await gateway.send(post('/flags/?v=2', FLAGS)), await gateway.send(get('/array/phc_e2e/config'))];
    expect([answers.map(({ status }) => status), (await gateway.send(post('/e/', anEventBody()))).status]).toEqual([[404, 404], 200]);
    await gateway.close();
  });

  it('tells SDKs to record where it is wanted', async () => {
    const gateway = await openGateway({ SDK_SESSION_RECORDING: 'true' });
    expect(json(await gateway.send(get('/array/phc_e2e/config')))).toMatchObject({ sessionRecording: { endpoint: '/s/' } });
    await gateway.close();
  });
});

describe('UPSTREAM_URL', () => {
  let upstream: Server;
  let gateway: Gateway;
  const seen: { url: string; method: string; headers: IncomingMessage['headers']; body: Buffer }[] = [];

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '', method = '', headers } = request;
        seen.push({ url, method, headers, body: Buffer.concat(chunks) });
        if (url.includes('slow')) return;
        if (url.includes('cut')) return void request.socket.destroy();
        if (url.includes('teapot')) return void response.writeHead(418).end('short and stout');
        response.setHeader('access-control-allow-origin', '*').setHeader('set-cookie', 'a=b').setHeader('etag', '"1"');
        response.write('{"from":');
        setImmediate(() => response.end('"upstream"}'));
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const { port } = upstream.address() as AddressInfo;
    gateway = await openGateway({ UPSTREAM_URL: `http://127.0.0.1:${port}/base/`, UPSTREAM_TIMEOUT_MS: '200' });
  });
  afterAll(async () => {
    await gateway.close();
    upstream.closeAllConnections();
    upstream.close();
  });

  it('answers in our place', async () => {
    const body = gzipSync(JSON.stringify(FLAGS));
    const headers = {
      origin: 'https://app.example',
      'content-type': 'text/plain; charset=x',
      cookie: 'secret=1',
      'x-forwarded-for': '203.0.113.9',
    };
    const answer = await gateway.send({ ...post('/flags/?v=2&compression=gzip-js', ''), headers, body });
    expect([answer.status, json(answer), answer.headers.etag]).toEqual([200, { from: 'upstream' }, '"1"']);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example' });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    const last = seen.at(-1)!;
    expect([last.method, last.url, last.body.equals(body)]).toEqual(['POST', '/base/flags/?v=2&compression=gzip-js', true]);
    expect(last.headers).toMatchObject({ 'content-type': 'text/plain; charset=x', 'x-forwarded-for': '203.0.113.9, 127.0.0.1' });
    expect(last.headers).not.toHaveProperty('cookie');
  });

  it('answers for scripts and configuration, whatever its status', async () => {
    expect(json(await gateway.send(get('/static/array.js?v=1')))).toEqual({ from: 'upstream' });
    expect(json(await gateway.send(get('/array/phc_e2e/config')))).toEqual({ from: 'upstream' });
    expect(await gateway.send(get('/static/teapot.js'))).toMatchObject({ status: 418, body: 'short and stout' });
  });

  it.each(['slow', 'cut'])('is stood in for when it is %s', async (fault) => {
    expect(json(await gateway.send(post(`/flags/?v=2&${fault}`, FLAGS)))).toMatchObject({ flags: {}, errorsWhileComputingFlags: true });
    expect(json(await gateway.send(get(`/array/phc_e2e/config?${fault}`)))).toMatchObject({ hasFeatureFlags: false });
    expect((await gateway.send(get(`/static/${fault}.js`))).status).toBe(404);
  });

  it('is never asked about capture', async () => {
    const before = seen.length;
    await gateway.send(post('/e/', anEventBody()));
    await gateway.send(post('/nothing', anEventBody()));
    expect([seen.length, gateway.taken().length]).toEqual([before, 1]);
  });
});
