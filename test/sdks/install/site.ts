import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { KNOWN_SET } from '../wire/known-set.ts';
import { DRIVERS } from './folder.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.json': 'application/json' };

export interface Site {
  /** By name, while SDKs send to an address: another origin and another site, so that CORS and cookies are real. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page, its drivers and the SDK as its package has it. */
export async function openSite(folder: string, name: string): Promise<Site> {
  const bundle = BUNDLES.map((path) => join(folder, 'node_modules', name, path)).find(existsSync);
  if (bundle === undefined) throw new Error(`${name} has no bundle for browsers`);
  const fileOf = (path: string): string => {
    if (path === '/') return join(DRIVERS, 'browser/index.html');
    if (path === '/known-set') return KNOWN_SET;
    if (path === '/sdk') return bundle;
    if (path.startsWith('/driver/')) return join(DRIVERS, 'browser', path.slice(8));
    return join(folder, 'node_modules', path.replace('/modules/', ''));
  };
  const server = createServer((request, response) => {
    const path = fileOf(normalize(new URL(request.url ?? '/', 'http://site').pathname));
    readFile(path).then(
      (bytes) => response.writeHead(200, { 'content-type': `${TYPES[extname(path)] ?? 'text/javascript'}; charset=utf-8` }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** ES modules, in the order of preference. */
const BUNDLES = ['dist/es.js', 'dist/module.js', 'dist/index.mjs', 'lib/index.esm.js'];
