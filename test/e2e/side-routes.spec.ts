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

  it.each(['/flags/?v=2', '/decide/?v=3'])('%s takes up to 1 MiB, and says so beyond it', async (url) => {
    const body = (bytes: number) => Buffer.alloc(bytes, ' ');
    expect((await gateway.send({ ...post(url, ''), body: body(1024 * 1024) })).status).toBe(200);
    const refused = await gateway.send({ ...post(url, ''), body: body(1024 * 1024 + 1) });
    expect([refused.status, refused.body]).toEqual([
      413,
      'maximum event size exceeded: body of 1048577 bytes exceeds the limit of 1048576 bytes (fixed). See /docs/causes/payload_too_big',
    ]);
  });

  it.each(['/flags/', '/decide/', '/array/phc_e2e/config', '/array/phc_e2e/config.js', '/static/array.js'])(
    '%s takes a query of up to 8 KiB, and says so beyond it',
    async (path) => {
      const send = (bytes: number) => {
        const url = `${path}?${'v=2&'.padEnd(bytes, 'x')}`;
        return gateway.send(/flags|decide/.test(path) ? post(url, FLAGS) : get(url));
      };
      expect((await send(8192)).status).toBe(path.startsWith('/static') ? 404 : 200);
      const refused = await send(8193);
      expect([refused.status, refused.body]).toEqual([414, 'query of 8193 bytes exceeds the limit of 8192 bytes (fixed)']);
    },
  );

  it('takes tokens of up to 64 bytes', async () => {
    const ask = async (token: string) => {
      const { status, body } = await gateway.send(get(`/array/${token}/config`));
      return [status, status === 200 ? '' : body];
    };
    expect(await ask('a'.repeat(64))).toEqual([200, '']);
    expect(await ask('%61'.repeat(64))).toEqual([200, '']);
    const tooLong = expect.stringMatching(/^API key is not valid: too_long\./) as string;
    expect(await ask('a'.repeat(65))).toEqual([401, tooLong]);
    expect(await ask('a'.repeat(500))).toEqual([401, tooLong]);
    // The router takes no longer part of a path.
    expect([400, 404, 414]).toContain((await ask('a'.repeat(10_000)))[0]);
  });

  it.each([
    get('/array/phc_e2e/config'),
    get('/array/phc_e2e/config.js'),
    get('/array/phx_personal/config'),
    get('/static/array.js'),
    post('/flags/', FLAGS),
  ])('may be kept for one origin only: %j', async (request) => {
    const [bare, asked] = [
      await gateway.send(request),
      await gateway.send({ ...request, headers: { ...request.headers, origin: 'https://a.example' } }),
    ];
    expect([bare, asked].map(({ headers }) => [headers.vary, headers['access-control-allow-origin']])).toEqual([
      ['Origin', undefined],
      ['Origin', 'https://a.example'],
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
