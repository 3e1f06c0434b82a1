import { readFile } from 'node:fs/promises';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What posthog-js asks its host for beside sending: here recording is on, canvases too. */
const REMOTE_CONFIG = {
  supportedCompression: ['gzip-js'],
  hasFeatureFlags: false,
  heatmaps: false,
  sessionRecording: { endpoint: '/s/', recorderVersion: 'v2', recordCanvas: true, canvasFps: 4, canvasQuality: '0.9' },
};

const POSTHOG = join(dirname(fileURLToPath(import.meta.resolve('posthog-js/package.json'))), 'dist');
const RRWEB = dirname(fileURLToPath(import.meta.resolve('rrweb')));
const PAGES = join(import.meta.dirname, 'page');
const TYPES: Record<string, string> = { html: 'text/html', css: 'text/css', js: 'text/javascript', cjs: 'text/javascript' };

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** The recorded page, the SDK and its recorder, the player; everything else goes to the gateway, as behind a reverse proxy. */
export async function openSite(gateway: string): Promise<Site> {
  const server = createServer((request, response) => {
    answer(request, response, gateway).catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, gateway: string): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://site');
  if (pathname === '/') return file(response, join(PAGES, 'index.html'));
  if (pathname === '/player') return file(response, join(PAGES, 'player.html'));
  if (pathname.startsWith('/player/')) return file(response, join(RRWEB, basename(pathname)));
  if (pathname.startsWith('/static/')) return file(response, join(POSTHOG, basename(pathname)));
  if (pathname.endsWith('/config') || pathname.startsWith('/flags')) return json(response, REMOTE_CONFIG);
  if (pathname.startsWith('/array/')) return void response.writeHead(404).end();
  forward(request, response, gateway);
}

async function file(response: ServerResponse, path: string): Promise<void> {
  const bytes = await readFile(path);
  response.writeHead(200, { 'content-type': `${TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain'}; charset=utf-8` }).end(bytes);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function forward(request: IncomingMessage, response: ServerResponse, gateway: string): void {
  const passed = send(gateway + request.url, { method: request.method, headers: request.headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  passed.on('error', () => response.writeHead(502).end());
  request.pipe(passed);
}
