// Loaded into a gateway before its own code (`--import`): tells, over a socket of its own, how long its event loop stood still.
// Each connection is answered with one line of JSON, and what was seen is forgotten.
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 5;
const path = process.env.HOSTILE_PROBE;

if (isMainThread && path !== undefined) {
  let last = performance.now();
  let longestMs = 0;
  setInterval(() => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last - EVERY_MS);
    last = now;
  }, EVERY_MS).unref();

  // The gateway may start itself anew, under the same process id and with this file again.
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last - EVERY_MS);
    last = now;
    socket.end(`${JSON.stringify({ longestMs: Math.round(longestMs) })}\n`);
    longestMs = 0;
  });
  server.listen(path).unref();
}
