import type { RequestListener } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { guardedServer, type GuardedServer } from './testing/guarded-server.js';
import { TinyChunks } from './tiny-chunks.js';

const MANY = 30;
/** More than Node reads in one go, which are 10,900. */
const CHUNKS = 12_000;
const HEAD = 'POST / HTTP/1.1\r\nhost: x\r\n';
const TINY = `${HEAD}transfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(CHUNKS)}0\r\n\r\n`;
const PATIENT = { timeout: 25_000, interval: 20 };

/** Chunks that came so far, of all bodies; and bodies as they were when they were whole. */
let chunks = 0;
const bodies: string[] = [];
let server: GuardedServer;

const listener: RequestListener = (request, response) => {
  const tiny = new TinyChunks();
  let body = '';
  request.on('data', (chunk: Buffer) => {
    tiny.came(chunk.length);
    chunks++;
    body += chunk.toString('latin1');
  });
  request.on('end', () => {
    bodies.push(body);
    response.end('answered');
  });
};

beforeEach(async () => {
  bodies.length = chunks = 0;
  server = await guardedServer(listener);
});
afterEach(() => server.end());

it('answers who is new before it reads all of what many others send in chunks of a byte, and reads that too', async () => {
  const many = Array.from({ length: MANY }, () => server.send(TINY));
  await vi.waitFor(() => expect(chunks).toBeGreaterThan(0), PATIENT);
  const honest = server.send(`${HEAD}content-length: 2\r\n\r\nhi`);
  let longest = 0;
  while (honest.text === '') {
    const before = chunks;
    await nextTurn();
    longest = Math.max(longest, chunks - before);
  }
  expect(honest.text).toContain('answered');
  expect(chunks).toBeLessThan((MANY * CHUNKS) / 4);
  // A crowd begins with what one connection brings in one go.
  expect(longest).toBeLessThan(CHUNKS);
  await vi.waitFor(() => expect(many.filter(({ text }) => text.includes('answered'))).toHaveLength(MANY), PATIENT);
  expect(bodies.filter((body) => body === 'x'.repeat(CHUNKS))).toHaveLength(MANY);
  expect(server.closed).toEqual([]);
});

it('changes nothing of what is sent, in whatever pieces it is read', async () => {
  server.send(TINY);
  await vi.waitFor(() => expect(chunks).toBeGreaterThan(5000), PATIENT);
  const large = Array.from({ length: 200_000 }, (_, i) => String.fromCharCode(32 + (i % 90))).join('');
  const long = `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(9000)}\r\n\r\n`;
  const one = server.send(`${HEAD}content-length: ${large.length}\r\n\r\n${large}`.repeat(3) + long);
  await vi.waitFor(() => expect(one.text.match(/answered/g)).toHaveLength(4), PATIENT);
  expect(bodies.filter((body) => body === large)).toHaveLength(3);
});
