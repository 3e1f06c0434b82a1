import { afterEach, expect, it, vi } from 'vitest';
import { guardedServer, type GuardedServer } from './testing/guarded-server.js';
import { turn } from './turn.js';

const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
const TINY = `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(12_000)}0\r\n\r\n`;
const PATIENT = { timeout: 20_000, interval: 20 };

let server: GuardedServer;
afterEach(() => server.end());

it('spends its turn also on chunks that nobody takes, since their request waits for the answer before it', async () => {
  const kept: (() => void)[] = [];
  server = await guardedServer(
    (request, response) => {
      kept.push(() => response.end('answered'));
      if (request.method === 'POST') request.resume().on('end', () => response.end('whole'));
    },
    { pipelinedBytes: 2 ** 30 },
  );
  const one = server.send(GET + TINY);
  await vi.waitFor(() => expect(kept).toHaveLength(1), PATIENT);
  expect(turn.isCrowded).toBe(true);
  kept[0]();
  await vi.waitFor(() => expect(one.text).toMatch(/answered[^]*whole/), PATIENT);
});
