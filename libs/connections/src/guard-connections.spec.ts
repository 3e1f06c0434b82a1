import type { RequestListener } from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { guardedServer, type GuardedServer } from './testing/guarded-server.js';

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nhost: x\r\n';
const KB_60 = 'x'.repeat(60_000);
const BEGUN = `GET / HTTP/1.1\r\nhost: x\r\na: ${KB_60}`;
const PATIENT = { timeout: 20_000, interval: 20 };
const until = (check: () => void) => vi.waitFor(check, PATIENT);
const KB = 1024;

let server: GuardedServer;
afterEach(() => server.end());

const answering: RequestListener = (request, response) => {
  request.resume();
  request.on('end', () => response.end('answered'));
};
/** Answers when it is told to. */
function keeping() {
  const kept: (() => void)[] = [];
  const listener: RequestListener = (_request, response) => void kept.push(() => response.end('answered'));
  return { kept, listener };
}

it('closes those whose heads hold most when all that are being read hold too much', async () => {
  server = await guardedServer(answering, { headsBytes: 150 * KB });
  const short = server.send('GET / HTTP/1.1\r\n');
  const early = [1, 2].map(() => server.send(BEGUN));
  // The beginning of a head may come with the end of the request before it.
  const behind = [1, 2].map(() => server.send(GET + BEGUN));
  const all = [...early, ...behind];
  await until(() => expect(all.filter(({ isClosed }) => isClosed).length).toBeGreaterThanOrEqual(2));
  expect(server.closed.slice(0, 2)).toEqual(['heads', 'heads']);
  short.socket.write('host: x\r\n\r\n');
  await until(() => expect(short.text).toContain('answered'));
  const left = all.filter(({ isClosed }) => !isClosed);
  expect(left).toHaveLength(2);
  for (const { socket } of left) socket.write('\r\n\r\n');
  await until(() => expect(left.every(({ text }) => text.includes('answered'))).toBe(true));
});

it('closes a connection that has no request for too long, whatever comes on it, and none that is at work', async () => {
  const { kept, listener } = keeping();
  server = await guardedServer(listener, { idleMs: 700 });
  const [idle, atWork] = [server.send(GET), server.send(GET)];
  await until(() => expect(kept).toHaveLength(2));
  kept[0]();
  const blanks = setInterval(() => idle.socket.write('\r\n'), 50);
  await until(() => expect(idle.isClosed).toBe(true));
  clearInterval(blanks);
  expect([server.closed, atWork.isClosed]).toEqual([['idle'], false]);
  kept[1]();
  await until(() => expect(atWork.text).toContain('answered'));
});

it('gives the place of the slowest to a new connection when none is idle, and not that of one whose body comes', async () => {
  let begun = 0;
  server = await guardedServer((request, response) => (begun++, answering(request, response)), { limit: 4 });
  const body = `${POST}content-length: 1000000\r\n\r\n`;
  const [slow, slower] = [server.send(body), server.send(body)];
  const fast = [server.send(body), server.send(body)];
  await until(() => expect(begun).toBe(4));
  const drops = setInterval(() => {
    slow.socket.write('xxxx');
    slower.socket.write('x');
    for (const { socket } of fast) socket.write('x'.repeat(2000));
  }, 50);
  // One that dials again and again: refused while nobody can be told to be slow.
  await until(() => {
    server.send(GET);
    expect(server.closed).toContain('slow');
  });
  clearInterval(drops);
  await until(() => expect(slower.isClosed).toBe(true));
  expect(fast.some(({ isClosed }) => isClosed)).toBe(false);
});

it('has so much wait behind other requests of their connections, bodies and heads included, and no more', async () => {
  const { kept, listener } = keeping();
  server = await guardedServer(listener, { pipelinedBytes: 100 * KB });
  const waiting = `${POST}content-length: 40000\r\n\r\n${'x'.repeat(40_000)}`;
  const first = server.send(GET + waiting + waiting);
  await until(() => expect(kept).toHaveLength(1));
  const long = server.send(GET + `GET / HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(30_000)}\r\n\r\n`);
  await until(() => expect(long.isClosed).toBe(true));
  // Each of its chunks is a byte, and takes Node some 400.
  const chunked = server.send(`${GET}${POST}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n`);
  await until(() => expect(chunked.isClosed).toBe(true));
  expect([server.closed, first.isClosed]).toEqual([['pipelining', 'pipelining'], false]);
  for (let i = 0; i < 6; i++) kept.shift()?.();
  await until(() => {
    kept.shift()?.();
    expect(first.text.match(/answered/g)).toHaveLength(3);
  });
});

it('answers all that a client has sent before it said that nothing more comes', async () => {
  const { kept, listener } = keeping();
  server = await guardedServer(listener);
  const one = server.send(GET.repeat(3));
  one.socket.end();
  for (let i = 0; i < 3; i++) {
    await until(() => expect(kept).toHaveLength(i + 1));
    kept[i]();
  }
  await until(() => expect([one.text.match(/answered/g)?.length, one.socket.readableEnded]).toEqual([3, true]));
});

it('answers what came before a CONNECT, and that', async () => {
  const { kept, listener } = keeping();
  server = await guardedServer(listener);
  const one = server.send(`${GET}CONNECT a.example:443 HTTP/1.1\r\nhost: a.example\r\n\r\n\x16\x03`);
  await until(() => expect(kept).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  kept[0]();
  await until(() => expect(one.socket.readableEnded).toBe(true));
  expect(one.text).toMatch(/^HTTP\/1\.1 200 [^]*answered[^]*HTTP\/1\.1 405 [^]*CONNECT/);
});

it('tells a client whose head does not come to its end: 408', async () => {
  server = await guardedServer(answering, { headMs: 700 });
  const [first, later] = [server.send('GET / HTTP/1.1\r\n'), server.send(GET + 'GET / HTTP/1.1\r\n')];
  // Each head has its own time.
  const honest = server.send(GET);
  const more = setInterval(() => honest.socket.write(GET), 300);
  await until(() => expect(first.text).toContain('HTTP/1.1 408 '));
  await until(() => expect(later.text).toMatch(/answered[^]*HTTP\/1\.1 408 /));
  clearInterval(more);
  expect([first.isClosed, later.isClosed]).toEqual([true, true]);
  expect(honest.text).not.toContain('408');
});

it('does not count the time in which requests before a head wait for their answers', async () => {
  const { kept, listener } = keeping();
  server = await guardedServer(listener, { headMs: 700 });
  // Node reads the beginning of the third with the others; nothing more is read until the second is begun.
  const client = server.send(GET + GET + 'GET / HTTP/1.1\r\n');
  await until(() => expect(kept).toHaveLength(1));
  const slow = server.send('GET / HTTP/1.1\r\n');
  await until(() => expect(slow.isClosed).toBe(true));
  client.socket.write('host: x\r\n\r\n');
  for (let i = 0; i < 3; i++) {
    await until(() => expect(kept.length).toBeGreaterThan(i));
    kept[i]();
  }
  await until(() => expect(client.text.match(/HTTP\/1\.1 200 /g)).toHaveLength(3));
  expect(client.text).not.toContain('408');
});

it.each(['gzip, chunked', 'GZIP ,chunked', 'gzip\r\nTransfer-Encoding: chunked', 'identity, deflate, chunked'])(
  'refuses a body that is sent as %j, and keeps its connection',
  async (codings) => {
    let begun = 0;
    server = await guardedServer((request, response) => (begun++, answering(request, response)));
    const one = server.send(`${POST}transfer-encoding: ${codings}\r\n\r\n1\r\nx\r\n0\r\n\r\n${GET}`);
    await until(() => expect(one.text).toMatch(/^HTTP\/1\.1 400 [^]*the only transfer coding that is understood is chunked[^]*answered/));
    expect(begun).toBe(1);
  },
);

it.each(['chunked', 'Chunked', 'identity, chunked', 'chunked\r\nTE: gzip, trailers'])('takes one that is sent as %j', async (codings) => {
  server = await guardedServer(answering);
  const one = server.send(`${POST}transfer-encoding: ${codings}\r\n\r\n1\r\nx\r\n0\r\n\r\n`);
  await until(() => expect(one.text).toMatch(/^HTTP\/1\.1 200 [^]*answered/));
});
