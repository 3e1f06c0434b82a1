import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../run/exchange.js';
import type { HostileCase, Sending } from './case.js';

const GROUP = 'connections';
const HELD_MS = 8000;

/** What holds connections for some seconds and asks for nothing: the process, and others' answers, are what is looked at. */
function held(
  name: string,
  bytes: number,
  act: (dial: () => Promise<Socket>) => Promise<void>,
  more: Partial<HostileCase> = {},
): HostileCase {
  const prepare = async (): Promise<Sending> => ({
    bytes,
    send: async (port) => {
      const begin = performance.now();
      const sockets: Socket[] = [];
      const dial = async (): Promise<Socket> => {
        const socket = connect(port, '127.0.0.1');
        sockets.push(socket);
        socket.on('error', () => {});
        await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
        return socket;
      };
      await Promise.race([act(dial), sleep(HELD_MS)]);
      for (const socket of sockets) socket.destroy();
      const answer: Answer = { status: 0, text: `held ${sockets.length} connections`, ms: Math.round(performance.now() - begin) };
      return answer;
    },
  });
  return { group: GROUP, name, statuses: [0], prepare, ...more };
}

const METRICS = 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n';
const KB_65 = METRICS.repeat(Math.floor(65_000 / METRICS.length));
const head = (path: string): string => `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;

async function unread(dial: () => Promise<Socket>, connections: number, request: string): Promise<void> {
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = await dial();
      socket.pause();
      socket.write(request);
    }),
  );
  await sleep(HELD_MS);
}

/** As fast as the other side takes them, up to so many bytes. */
async function flood(dial: () => Promise<Socket>, connections: number, begin: string, chunk: string, bytesEach: number): Promise<void> {
  const block = chunk.repeat(Math.ceil(16_384 / chunk.length));
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = await dial();
      socket.resume();
      socket.write(begin);
      for (let sent = 0; sent < bytesEach && !socket.destroyed; sent += block.length)
        if (!socket.write(block)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }),
  );
  await sleep(3000);
}

/** All at once, each as much as Node reads in one go, and more. */
async function burst(dial: () => Promise<Socket>, connections: number, text: string, first = ''): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: connections }, dial));
  for (const socket of sockets) socket.resume().write(first);
  if (first !== '') await sleep(1000);
  for (const socket of sockets) socket.write(text);
  await sleep(HELD_MS);
}

/** Each sends as soon as it is there. */
async function newOnes(dial: () => Promise<Socket>, connections: number, text: string): Promise<void> {
  await Promise.all(Array.from({ length: connections }, async () => (await dial()).resume().write(text)));
  await sleep(HELD_MS);
}

async function drip(dial: () => Promise<Socket>, connections: number, path: string): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: connections }, dial));
  for (const socket of sockets) socket.resume().write(`${head(path)}content-length: 1000000\r\n\r\n`);
  for (;;) {
    await sleep(500);
    for (const socket of sockets) if (socket.writable) socket.write('x');
  }
}

async function idle(dial: () => Promise<Socket>): Promise<void> {
  await Promise.all(Array.from({ length: 1000 }, dial));
  await sleep(2000);
}

const CHUNKED = 'transfer-encoding: chunked\r\n\r\n';
const TINY = '1\r\nx\r\n'.repeat(12_000);
const EVENT = '{"token":"phc_hostile","event":"e","distinct_id":"d"}';
const HONEST = `${head('/e')}content-length: ${EVENT.length}\r\n\r\n${EVENT}`;
const SHORTEST = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

/** What needs no body to be large: answers that nobody reads, chunks of one byte, bodies that never end. */
export const CONNECTIONS: readonly HostileCase[] = [
  held('65 KB of unread GET /metrics', KB_65.length, (dial) => unread(dial, 1, KB_65), { isShort: true }),
  held('twenty times 65 KB of unread GET /metrics', 20 * KB_65.length, (dial) => unread(dial, 20, KB_65)),
  held('twenty times 65 KB of unread GET /_readiness', 20 * 65_000, (dial) =>
    unread(dial, 20, KB_65.replaceAll('/metrics', '/_readiness')),
  ),
  held('twenty times 65 KB of unread GET /openapi.json', 20 * 65_000, (dial) =>
    unread(dial, 20, KB_65.replaceAll('/metrics', '/openapi.json')),
  ),
  held('twenty times 65 KB of unread 404', 20 * 65_000, (dial) => unread(dial, 20, KB_65.replaceAll('/metrics', '/nothing'))),
  held('chunks of one byte on 30 connections', 30 * 780_000, (dial) => flood(dial, 30, head('/e') + CHUNKED, '1\r\nx\r\n', 780_000), {
    isShort: true,
  }),
  held('chunks of one byte on 30 connections to recordings', 30 * 780_000, (dial) =>
    flood(dial, 30, head('/s') + CHUNKED, '1\r\nx\r\n', 780_000),
  ),
  held('chunks of one byte on 30 connections to the strict endpoint', 30 * 780_000, (dial) =>
    flood(dial, 30, head('/i/v1/analytics/events') + CHUNKED, '1\r\nx\r\n', 780_000),
  ),
  held('chunks with extensions on 30 connections', 30 * 780_000, (dial) =>
    flood(dial, 30, head('/e') + CHUNKED, '1;aaaaaaaa=b\r\nx\r\n', 780_000),
  ),
  held('200 new connections with chunks of one byte', 200 * TINY.length, (dial) => newOnes(dial, 200, head('/e') + CHUNKED + TINY), {
    isShort: true,
  }),
  held('200 kept connections with chunks of one byte', 200 * TINY.length, (dial) => burst(dial, 200, head('/e') + CHUNKED + TINY, HONEST)),
  held('200 new connections with chunks of one byte to nothing', 200 * TINY.length, (dial) =>
    newOnes(dial, 200, head('/nothing') + CHUNKED + TINY),
  ),
  held('200 connections with 64 KB of pipelined requests', 200 * 65_000, (dial) => burst(dial, 200, SHORTEST.repeat(2400))),
  held('200 connections with a body in chunks behind other requests', 200 * 60_000, (dial) =>
    burst(dial, 200, SHORTEST.repeat(20) + head('/e') + CHUNKED + '1\r\nx\r\n'.repeat(10_000)),
  ),
  held('200 kept connections with a body in chunks of one byte behind an event', 200 * TINY.length, (dial) =>
    burst(dial, 200, HONEST + head('/e') + CHUNKED + TINY, HONEST),
  ),
  held('2,000 connections with 60 KB of a head', 2000 * 60_000, (dial) =>
    newOnes(dial, 2000, `GET / HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(60_000)}`),
  ),
  held('200 bodies that drip', 200 * 16, (dial) => drip(dial, 200, '/e')),
  held('200 bodies that drip to nothing', 200 * 16, (dial) => drip(dial, 200, '/nothing')),
  held('1,000 idle connections', 0, idle),
];
