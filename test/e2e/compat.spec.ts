import { execFile } from 'node:child_process';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, type Gateway } from './gateway.js';

const ROOT = join(import.meta.dirname, '../..');

/** The tool as its user runs it. */
function compat(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const command = ['--import', './test/compat/resolve-ts.mjs', 'test/compat/main.ts', ...args];
  return new Promise((resolve) =>
    execFile(process.execPath, command, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    ),
  );
}

/** An endpoint of an older make: as the gateway, but it knows no /track and calls another thing wrong. */
function olderEndpoint(port: number): Server {
  return createServer((request, response) => {
    if (request.url?.startsWith('/track')) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    const { method, url: path, headers } = request;
    const passed = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
}

describe('npm run compat', () => {
  let gateway: Gateway;
  let older: Server;
  let url: string;
  let other: string;
  beforeAll(async () => {
    gateway = await openGateway();
    await gateway.app.listen(0, '127.0.0.1');
    url = await gateway.app.getUrl();
    older = olderEndpoint(Number(new URL(url).port));
    await new Promise<void>((resolve) => older.listen(0, '127.0.0.1', resolve));
    other = `http://127.0.0.1:${(older.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    older.closeAllConnections();
    older.close();
    await gateway.close();
  });

  it('finds nothing to complain about in this gateway', async () => {
    const { code, out, err } = await compat('--url', url);
    expect(err).toBe('');
    expect(out).toMatch(/(\d{3}) of \1 answers as expected/);
    expect(out).toMatch(/left out, needs settings of its own: \d+/);
    expect(code).toBe(0);
  });

  it('names what an older endpoint does otherwise, and fails', async () => {
    const { code, out } = await compat('--url', other, '--only', '^E6[78]');
    expect(out).toMatch(/^E67\S* .*\n +answer\.status: expected 200, got 404/m);
    expect(code).toBe(1);
  });

  it('compares two, as JSON', async () => {
    const { code, out } = await compat('--url', url, '--diff', other, '--only', '^E(6[7-9]|7[0-7])', '--json');
    const report = JSON.parse(out) as { mode: string; results: { status: number; otherStatus: number; problems: string[] }[] };
    const [wrong, alike] = [true, false].map((isWrong) => report.results.filter(({ problems }) => problems.length > 0 === isWrong));
    expect([report.mode, code]).toEqual(['diff', 1]);
    expect(new Set(wrong.map(({ status, otherStatus }) => `${status} ${otherStatus}`))).toEqual(new Set(['200 404']));
    expect([wrong.length > 5, alike.length > 10]).toEqual([true, true]);
  });

  it('finds an endpoint like itself', async () => {
    const { code, out } = await compat('--url', url, '--diff', url, '--only', '^B|^C', '--token', 'phc_one_key');
    expect(out).toMatch(/(\d+) of \1 answers alike/);
    expect(code).toBe(0);
    expect(new Set(gateway.taken().map(({ headers }) => headers.token))).toContain('phc_one_key');
  });

  it.each([
    [[]],
    [['--url', 'host']],
    [['--url', 'http://127.0.0.1:1', '--only', '^B18$']],
    [['--url', 'http://127.0.0.1:1', '--only', 'nothing']],
    [['--frob']],
  ])('says that it cannot run: %j', async (args) => {
    expect((await compat(...args)).code).toBe(2);
  });
});
