import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WireAnswer, WireRequest } from '../corpus/runner.js';
import { FakeUpstream } from './fake-upstream.js';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

const get = (url: string, headers: Record<string, string> = {}): WireRequest => ({ method: 'GET', url, headers, body: undefined });
const json = ({ body }: WireAnswer) => JSON.parse(body) as Record<string, unknown>;
const FLAGS = { token: 'phc_e2e', distinct_id: 'd' };
const FROM_UPSTREAM = { from: 'upstream' };
const IN_FLIGHT = 256;

/** Targets that some parser takes out of their route. */
const HOSTILE = [
  '/static/../api/projects',
  '/static/%2e%2e/_projects',
  '/static/%2E%2E/_projects',
  '/static/.%2e/_projects',
  '/static/..%2f_projects',
  '/static/..%5c_projects',
  '/static/..\\secret',
  '/static/x\\..\\..\\secret',
  '/static/%252e%252e/_projects',
  '/static/..;/_projects',
  '/static/x;/../../_projects',
  '/static/./x.js',
  '/static/.hidden',
  '/static/x%00.js',
  '/static/x%0d%0ahost:%20evil/y',
  '/static/x%20y',
  '/static/x%2f%2fy.js',
  '/static/x.js#/../../api',
  '/static/x.js?#',
  '/static/x.js?a#b',
  '/array/x/config?#',
  '/static/é.js',
  '/static/%c3%a9.js',
  '/static/%',
  `/static/${'x'.repeat(1100)}`,
  '/array/../config',
  '/array/%2e%2e/config',
  '/array/.%2e/config.js',
  '/array/..%2f..%2fapi/config',
  '/array/..%5capi/config',
  '/array/%252e%252e/config',
  '/array/a%2fb/config',
  '/array/a%3fb/config',
  '/array/a%23b/config',
  '/array/a%3bb/config',
  '/array/x/../../api/config',
  '/array/x/config/../../api',
  '/array/x/config?a="',
  '/array/x/config?<>',
  "/array/x/config?a'b",
  '/flags/../api',
  '/flags/%2e%2e/api',
  '/%66lags',
  '/flags%2f..%2fapi',
];

describe('UPSTREAM_URL', () => {
  const upstream = new FakeUpstream();
  let gateway: Gateway;
  let port: number;
  beforeAll(async () => {
    gateway = await openGateway({ UPSTREAM_URL: `${await upstream.listen()}/base/`, UPSTREAM_TIMEOUT_MS: '2000' });
    await gateway.app.listen(0, '127.0.0.1');
    port = (gateway.app.getHttpServer().address() as { port: number }).port;
  });
  beforeEach(() => {
    upstream.seen.length = 0;
    upstream.headers = {};
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  /** One request as its bytes; the status that came back. */
  const raw = (head: string) =>
    new Promise<number>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let received = '';
      socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
      socket.on('close', () => resolve(Number(received.slice(9, 12)))).on('error', reject);
      socket.write(Buffer.from(`${head}\r\nhost: gateway\r\nconnection: close\r\n\r\n`));
    });

  it('answers in our place', async () => {
    upstream.headers = { etag: '"1"', 'content-length': '19', 'content-encoding': 'as-sent' };
    const body = gzipSync(JSON.stringify(FLAGS));
    const headers = { origin: 'https://app.example', 'content-type': 'text/plain; charset=x', 'content-encoding': 'gzip' };
    const answer = await gateway.send({ ...post('/flags/?v=2&compression=gzip-js', ''), headers, body });
    expect([answer.status, json(answer), answer.headers.etag, answer.headers['content-length']]).toEqual([200, FROM_UPSTREAM, '"1"', '19']);
    expect(answer.headers['content-encoding']).toBe('as-sent');
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example' });
    const { method, url, body: sent, headers: seen } = upstream.last;
    expect([method, url, sent.equals(body)]).toEqual(['POST', '/base/flags/?v=2&compression=gzip-js', true]);
    expect(seen).toMatchObject({
      'content-type': 'text/plain; charset=x',
      'content-encoding': 'gzip',
      'content-length': String(body.length),
    });
  });

  it.each(['/flags', '/flags/?v=2&config=true&_=1764000000000&ver=1.449.2', '/decide/?v=3&ip=1'])('%s goes where it says', async (url) => {
    expect(json(await gateway.send(post(url, FLAGS)))).toEqual(FROM_UPSTREAM);
    expect(upstream.last.url).toBe(`/base${url}`);
  });

  it.each([
    ['/static/array.js?v=1', '/static/array.js?v=1'],
    ['/static/1.449.2/lazy-recorder.js', '/static/1.449.2/lazy-recorder.js'],
    ['/static/chunk-Ab_1~2@3+4.js.map', '/static/chunk-Ab_1~2@3+4.js.map'],
    ['/array/phc_e2e/config', '/array/phc_e2e/config'],
    ['/array/phc_e2e/config.js?x=1', '/array/phc_e2e/config.js?x=1'],
    ['/array/phc_e2e/config/', '/array/phc_e2e/config/'],
    ['/array/phc_e2e/config?', '/array/phc_e2e/config'],
    ['/array/%70hc_e2e/config', '/array/phc_e2e/config'],
    ['/array/a%22b/config', '/array/a%22b/config'],
  ])('%s goes where it says', async (url, path) => {
    expect(json(await gateway.send(get(url)))).toEqual(FROM_UPSTREAM);
    expect(upstream.last.url).toBe(`/base${path}`);
  });

  it('is passed on whatever its status', async () => {
    expect(await gateway.send(get('/static/teapot.js'))).toMatchObject({ status: 418, body: 'short and stout' });
    expect(await gateway.send(get('/static/unchanged.js'))).toMatchObject({ status: 304, body: '', headers: { etag: '"1"' } });
  });

  it('gives no length to an answer without a body: a client would wait for it', async () => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
    socket.write('GET /static/nothing.js HTTP/1.1\r\nhost: x\r\n\r\nGET /_liveness HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await vi.waitFor(() => expect(received).toMatch(/^HTTP\/1\.1 204 [^]*HTTP\/1\.1 200 /));
    const [head] = received.split('\r\n\r\n', 1);
    expect(head).toContain('etag: "1"');
    expect(head).not.toMatch(/content-length|transfer-encoding/i);
    socket.destroy();
  });

  it.each([
    ['http://gateway/static/array.js?v=1', '/base/static/array.js?v=1'],
    ['http://evil.example/static/array.js', '/base/static/array.js'],
    ['HTTPS://evil.example:1/array/phc_e2e/config', '/base/array/phc_e2e/config'],
  ])('is asked for the path of %s, whatever host that names', async (target, path) => {
    expect(await raw(`GET ${target} HTTP/1.1`)).toBe(200);
    expect(upstream.seen.map(({ url, headers }) => [url, headers.host])).toEqual([[path, expect.stringMatching(/^127\.0\.0\.1:/)]]);
  });

  it.each([
    ['/static//evil.example/x.js', '/base/static/evil.example/x.js'],
    ['//static///x//y.js?a=//', '/base/static/x/y.js?a=//'],
  ])('is asked for %s with one slash wherever there are several', async (target, path) => {
    expect(await raw(`GET ${target} HTTP/1.1`)).toBe(200);
    expect(upstream.seen.map(({ url }) => url)).toEqual([path]);
  });

  it('answers HEAD with the length that GET has, and without the body', async () => {
    const [whole, head] = [await gateway.send(get('/static/array.js')), await gateway.send({ ...get('/static/array.js'), method: 'HEAD' })];
    expect([head.status, head.headers['content-length'], head.body]).toEqual([whole.status, whole.headers['content-length'], '']);
  });

  it.each(HOSTILE)('is never asked for %s', async (target) => {
    for (const method of ['GET', 'POST']) expect(await raw(`${method} ${target} HTTP/1.1`)).toBeOneOf([400, 401, 404, 405, 414]);
    expect(upstream.seen).toEqual([]);
  });

  it.each([
    'http://evil.example/flags',
    'http://gateway/static/../api',
    '//evil.example/static/x.js',
    '//static/x.js',
    '/\\evil.example/flags',
  ])('is asked for nothing out of its routes by %s', async (target) => {
    for (const method of ['GET', 'POST']) await raw(`${method} ${target} HTTP/1.1`);
    expect(upstream.seen.filter(({ url }) => !/^\/base\/(?:flags|static\/x\.js)$/.test(url))).toEqual([]);
  });

  it('learns nothing of who asks but what it needs', async () => {
    const kept = {
      accept: '*/*',
      'accept-encoding': 'gzip, br',
      'accept-language': 'en',
      'if-none-match': '"1"',
      origin: 'https://app.example',
      referer: 'https://app.example/page',
      'user-agent': 'tests/1',
    };
    const dropped = {
      authorization: 'Bearer phx_secret',
      cookie: 'secret=1',
      'cf-connecting-ip': '203.0.113.1',
      'true-client-ip': '203.0.113.1',
      'x-real-ip': '203.0.113.2',
      'x-client-ip': '203.0.113.2',
      forwarded: 'for=203.0.113.3',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '1',
      'x-original-url': '/api',
      'x-rewrite-url': '/api',
      'x-http-method-override': 'DELETE',
      te: 'trailers',
      'proxy-authorization': 'Basic eA==',
      'x-made-up': '1',
    };
    await gateway.send(get('/static/array.js', { ...kept, ...dropped, 'x-forwarded-for': '203.0.113.9, 10.0.0.1' }));
    const { host, connection: _, ...seen } = upstream.last.headers;
    expect(seen).toEqual({ ...kept, 'x-forwarded-for': '203.0.113.9' });
    expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('gets no header that was of one connection, and gives none', async () => {
    await gateway.send(
      get('/static/array.js', {
        connection: 'close, Origin,if-none-match',
        origin: 'https://a.example',
        'if-none-match': '1',
        accept: 'a',
      }),
    );
    expect(upstream.last.headers).toMatchObject({ accept: 'a' });
    expect(Object.keys(upstream.last.headers)).not.toEqual(expect.arrayContaining(['origin']));
    expect(upstream.last.headers).not.toHaveProperty('if-none-match');
    upstream.headers = { connection: 'ETag', etag: '"1"', expires: '0' };
    const { headers } = await gateway.send(get('/static/array.js'));
    expect([headers.etag, headers.expires]).toEqual([undefined, '0']);
  });

  it('says nothing of itself', async () => {
    const kept = { 'cache-control': 'public, max-age=60', 'last-modified': 'x', age: '1', 'content-language': 'en' };
    upstream.headers = {
      ...kept,
      server: 'secret/1',
      'x-powered-by': 'secret',
      via: 'secret',
      'set-cookie': ['a=b', 'c=d'],
      'clear-site-data': '"*"',
      'alt-svc': 'h3=":1"',
      'strict-transport-security': 'max-age=1',
      'access-control-allow-origin': '*',
      'content-security-policy': 'x',
      refresh: '0',
      link: '<x>',
      'www-authenticate': 'Basic',
      'service-worker-allowed': '/',
      'x-content-type-options': 'no',
    };
    const { headers } = await gateway.send(get('/array/phc_e2e/config'));
    expect(headers).toMatchObject({ ...kept, 'x-content-type-options': 'nosniff' });
    const known = [
      'connection',
      'content-type',
      'date',
      'keep-alive',
      'transfer-encoding',
      'vary',
      'x-content-type-options',
      ...Object.keys(kept),
    ];
    expect(Object.keys(headers).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each([
    [undefined, 'Origin'],
    ['Accept-Encoding', 'Accept-Encoding, Origin'],
    ['accept, origin', 'accept, origin'],
    ['X-Origin', 'X-Origin, Origin'],
    ['*', '*'],
  ])('with Vary %s is kept for one origin only', async (vary, expected) => {
    upstream.headers = { 'cache-control': 'public, max-age=300', ...(vary !== undefined && { vary }) };
    expect((await gateway.send(get('/array/phc_e2e/config'))).headers.vary).toBe(expected);
    expect((await gateway.send(get('/array/phc_e2e/config', { origin: 'https://a.example' }))).headers.vary).toBe(expected);
  });

  it.each(['slow', 'cut', 'headers-only', 'garbage', 'moved', 'announced'])('is stood in for when it is %s', async (fault) => {
    const [flags, configuration, script] = await Promise.all([
      gateway.send(post(`/flags/?v=2&${fault}`, FLAGS)),
      gateway.send(get(`/array/phc_e2e/config?${fault}`)),
      gateway.send(get(`/static/${fault}.js`)),
    ]);
    expect([json(flags), flags.headers['cache-control']]).toMatchObject([{ flags: {}, errorsWhileComputingFlags: true }, 'no-store']);
    expect(json(configuration)).toMatchObject({ hasFeatureFlags: false });
    expect([script.status, script.headers.location]).toEqual([404, undefined]);
    await vi.waitFor(() => expect(upstream.open).toBeLessThan(4), 10_000);
  });

  it('is asked once, and not followed', async () => {
    await gateway.send(get('/static/moved.js'));
    await gateway.send(post('/flags/?cut', FLAGS));
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/base/static/moved.js', '/base/flags/?cut']);
  });

  const read = async (path: string) => {
    let bytes = 0;
    const { body } = await fetch(`http://127.0.0.1:${port}${path}`);
    for await (const chunk of body!) bytes += chunk.length;
    return bytes;
  };

  it('cannot go on for ever: an answer has 16 MiB', async () => {
    await expect(read('/static/endless.js')).rejects.toThrow('terminated');
    await vi.waitFor(() => expect(upstream.open).toBeLessThan(4), 10_000);
  });

  it('is let go when the client hangs up, also one that never reads', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.write('GET /static/endless.js HTTP/1.1\r\nhost: x\r\n\r\n');
    await vi.waitFor(() => expect(upstream.seen).toHaveLength(1), 10_000);
    socket.destroy();
    await vi.waitFor(() => expect(upstream.open).toBeLessThan(4), 10_000);
  });

  it('that breaks in the middle breaks its answer, and no more', async () => {
    await expect(read('/static/broken.js')).rejects.toThrow();
    expect(json(await gateway.send(get('/static/array.js')))).toEqual(FROM_UPSTREAM);
  });

  it('is never asked about capture', async () => {
    await gateway.send(post('/e/', anEventBody()));
    await gateway.send(post('/nothing', anEventBody()));
    expect([upstream.seen.length, gateway.taken().length]).toEqual([0, 1]);
  });
});

describe('UPSTREAM_URL that does not answer', () => {
  const upstream = new FakeUpstream();
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway({ UPSTREAM_URL: await upstream.listen(), UPSTREAM_TIMEOUT_MS: '60000' });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  it(`holds ${IN_FLIGHT} requests and no more, and takes new ones when they are over`, async () => {
    let over = 0;
    const held = Array.from({ length: IN_FLIGHT }, () => gateway.send(post('/flags/?slow', FLAGS)).finally(() => over++));
    await vi.waitFor(() => expect(upstream.seen).toHaveLength(IN_FLIGHT), 20_000);
    expect(json(await gateway.send(post('/flags/?v=2', FLAGS)))).toMatchObject({ errorsWhileComputingFlags: true });
    // At once: it waited for none of them.
    expect([upstream.seen.length, over]).toEqual([IN_FLIGHT, 0]);
    upstream.answerSlow();
    for (const answer of await Promise.all(held)) expect(json(answer)).toEqual(FROM_UPSTREAM);
    expect(json(await gateway.send(post('/flags/?v=2', FLAGS)))).toEqual(FROM_UPSTREAM);
  });

  it('gives back the place of a client that hangs up', async () => {
    await gateway.app.listen(0, '127.0.0.1');
    const { port } = gateway.app.getHttpServer().address() as { port: number };
    const before = upstream.seen.length;
    const sockets = Array.from({ length: IN_FLIGHT }, () => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.write('POST /flags/?slow HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n');
      return socket;
    });
    await vi.waitFor(() => expect(upstream.seen).toHaveLength(before + IN_FLIGHT), 20_000);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(json(await gateway.send(post('/flags/?v=2', FLAGS)))).toEqual(FROM_UPSTREAM), 10_000);
  });
});
