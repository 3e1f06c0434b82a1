import type { AddressInfo } from 'node:net';
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isOnPath } from '../services/commands.js';
import { freePort } from '../services/free-port.js';
import { anEventBody, openGateway, type Gateway } from './gateway.js';
import { CADDY, HAPROXY, NGINX, startProxy, type RealProxy } from './real-proxy.js';

const BODY = gzipSync(JSON.stringify({ api_key: 'phc_e2e', batch: [anEventBody()] }));
const IN_QUERY = `data=${encodeURIComponent(Buffer.from(JSON.stringify(anEventBody({ event: '??>>' }))).toString('base64'))}&x=//`;

let gateway: Gateway;
/** Of the gateway, which is told that it is at /ingest, too. */
let upstream: string;
let proxy: RealProxy | undefined;
let port = 0;

beforeAll(async () => {
  gateway = await openGateway({ PATH_PREFIX: '/ingest' });
  await gateway.app.listen(0, '127.0.0.1');
  upstream = `127.0.0.1:${(gateway.app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(() => gateway.close());
afterEach(async () => {
  await proxy?.stop();
  proxy = undefined;
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** @param target an absolute one needs the same host in the head (RFC 9112 3.2.2) */
async function send(method: string, target: string, body?: Buffer): Promise<Answer> {
  const host = URL.canParse(target) ? new URL(target).host : `127.0.0.1:${port}`;
  const entity =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': body.length };
  const sent = request({ host: '127.0.0.1', port, method, path: target, agent: false, headers: { host, ...entity } });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

/** What senders do, at `base` of the proxy: `base` ends where the host of an SDK does. */
async function takesAllAt(base: string): Promise<void> {
  const seen: unknown[] = [];
  for (const path of ['/batch/', '//batch/', '/i//v0///e']) {
    const { status, body } = await send('POST', `${base}${path}`, BODY);
    seen.push([path, status, body, gateway.taken().length]);
  }
  const { status } = await send('GET', `${base}//e/?${IN_QUERY}`);
  seen.push(['GET', status, gateway.taken().map(({ value }) => (JSON.parse(value) as { event: string }).event)]);
  const absolute = await send('POST', `http://capture.example${base}/e/`, BODY);
  seen.push(['absolute', absolute.status, gateway.taken().length]);
  const probes = [await send('HEAD', `${base}/e/`), await send('OPTIONS', `${base}//e/`), await send('GET', `${base}/_readiness`)];
  seen.push(['probes', probes.map((probe) => probe.status), gateway.taken().length]);
  expect(seen).toEqual([
    ...['/batch/', '//batch/', '/i//v0///e'].map((path) => [path, 200, '{"status":"Ok"}', 1]),
    ['GET', 200, ['??>>']],
    ['absolute', 200, 1],
    ['probes', [200, 200, 200], 0],
  ]);
}

const nginxOf = (rules: string) => (folder: string) => `
  pid ${folder}/run/pid;
  events { worker_connections 64; }
  http {
    access_log off;
    ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/run/${name};`).join('\n    ')}
    server { listen 127.0.0.1:${port}; ${rules} }
  }`;

describe.skipIf(!isOnPath('nginx'))('behind a real nginx', () => {
  it.each([
    ['proxy_pass without a URI', '', (to: string) => `location / { proxy_pass http://${to}; }`],
    ['proxy_pass without a URI, under the prefix', '/ingest', (to: string) => `location /ingest/ { proxy_pass http://${to}; }`],
    ['proxy_pass without a URI, slashes kept', '/ingest', (to: string) => `merge_slashes off; location / { proxy_pass http://${to}; }`],
    ['proxy_pass with a URI', '/ph', (to: string) => `location /ph/ { proxy_pass http://${to}/; }`],
    ['proxy_pass with a URI and a slash too many', '/ph', (to: string) => `location /ph { proxy_pass http://${to}/; }`],
    ['proxy_pass onto the prefix', '/ph', (to: string) => `location /ph/ { proxy_pass http://${to}/ingest/; }`],
    ['proxy_pass onto the prefix, a slash too many', '/ph', (to: string) => `location /ph { proxy_pass http://${to}/ingest//; }`],
    ['a rewrite', '/ph', (to: string) => `location /ph/ { rewrite ^/ph/(.*)$ /$1 break; proxy_pass http://${to}; }`],
    ['a rewrite with a slash too many', '/ph', (to: string) => `location /ph/ { rewrite ^/ph(.*)$ /$1 break; proxy_pass http://${to}; }`],
    ['the target as it came', '/ingest', (to: string) => `location / { proxy_pass http://${to}$request_uri; }`],
  ])('with %s', { timeout: 60_000 }, async (_name, base, rulesFor) => {
    port = await freePort();
    proxy = await startProxy(NGINX, nginxOf(rulesFor(upstream)), [port]);
    await takesAllAt(base);
  });
});

const caddyOf = (rules: string) => () => `{
  admin off
  auto_https off
}
http://:${port} {
  bind 127.0.0.1
  ${rules}
}
`;

describe.skipIf(!isOnPath('caddy'))('behind a real Caddy', () => {
  it.each([
    ['reverse_proxy', '', (to: string) => `reverse_proxy ${to}`],
    ['reverse_proxy under the prefix', '/ingest', (to: string) => `reverse_proxy /ingest/* ${to}`],
    ['handle_path', '/ph', (to: string) => `handle_path /ph* {\n    reverse_proxy ${to}\n  }`],
    ['uri strip_prefix', '/ph', (to: string) => `uri strip_prefix /ph\n  reverse_proxy ${to}`],
    ['a rewrite with a slash too many', '', (to: string) => `rewrite * /{http.request.uri.path}\n  reverse_proxy ${to}`],
    ['a rewrite onto the prefix', '', (to: string) => `rewrite * /ingest{http.request.uri.path}\n  reverse_proxy ${to}`],
  ])('with %s', { timeout: 60_000 }, async (_name, base, rulesFor) => {
    port = await freePort();
    proxy = await startProxy(CADDY, caddyOf(rulesFor(upstream)), [port]);
    await takesAllAt(base);
  });
});

const CHECKS = {
  default: 'option httpchk',
  head: 'option httpchk HEAD /',
  'head-readiness': 'option httpchk HEAD /_readiness',
  'get-readiness': 'option httpchk GET /_readiness',
  'get-prefixed': 'option httpchk GET /ingest/_liveness',
  'options-capture': 'option httpchk OPTIONS /e/',
  'head-capture': 'option httpchk HEAD /batch/',
  'with-a-host': 'option httpchk\n  http-check send meth HEAD uri //i/v0/e/ ver HTTP/1.1 hdr host capture.example',
  'with-a-status': 'option httpchk OPTIONS /health\n  http-check expect status 200',
};
/** Of what there is nothing at: so it is seen that checks can fail. */
const WRONG = { wrong: 'option httpchk GET /nothing' };

const haproxyOf = (statsPort: number, to: string) => () => `
global
  maxconn 100
defaults
  mode http
  timeout connect 5s
  timeout client 10s
  timeout server 10s
  timeout check 5s
frontend all
  bind 127.0.0.1:${port}
  default_backend default
frontend stats
  bind 127.0.0.1:${statsPort}
  stats enable
  stats uri /stats
${Object.entries({ ...CHECKS, ...WRONG })
  .map(([name, check]) => `backend ${name}\n  ${check}\n  server gateway ${to} check inter 100ms rise 1 fall 1`)
  .join('\n')}
`;

/** What each backend's check has come to, once all have been made. */
async function checkedBy(statsPort: number): Promise<Record<string, string>> {
  for (;;) {
    const csv = await (await fetch(`http://127.0.0.1:${statsPort}/stats;csv`)).text();
    const [head, ...rows] = csv.split('\n').map((line) => line.split(','));
    const at = (name: string) => head.findIndex((column) => column.replace(/^# /, '') === name);
    const servers = rows.filter((row) => row[at('svname')] === 'gateway');
    const found = servers.map((row) => [row[at('pxname')], `${row[at('status')]} ${row[at('check_status')]}`] as const);
    // Before the first check there is none; an asterisk is one under way.
    if (found.length > 0 && found.every(([, state]) => /L\d/.test(state)))
      return Object.fromEntries(found.map(([name, state]) => [name, state.replace('* ', '')]));
    await sleep(50);
  }
}

describe.skipIf(!isOnPath('haproxy'))('behind a real HAProxy', () => {
  it('is up by whatever check, and stores nothing for it', { timeout: 60_000 }, async () => {
    const statsPort = await freePort();
    port = await freePort();
    proxy = await startProxy(HAPROXY, haproxyOf(statsPort, upstream), [port, statsPort]);
    const states = await checkedBy(statsPort);
    expect(states).toEqual({ ...Object.fromEntries(Object.keys(CHECKS).map((name) => [name, 'UP L7OK'])), wrong: 'DOWN L7STS' });
    expect(gateway.taken()).toEqual([]);
    await takesAllAt('');
    await takesAllAt('/ingest');
  });
});
