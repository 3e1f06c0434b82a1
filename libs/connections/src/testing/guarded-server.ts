import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { ClosedFor } from '../connection-limit.js';
import { guardConnections, type GuardOptions } from '../guard-connections.js';

/** Of this room's own tests: a guarded server, and connections to it as their bytes. */
export async function guardedServer(listener: RequestListener, options: Partial<GuardOptions> = {}) {
  const closed: ClosedFor[] = [];
  const sockets: Socket[] = [];
  const server = createServer(
    { highWaterMark: 4096, keepAliveTimeout: 60_000, maxHeaderSize: 65_536, headersTimeout: 0, requestTimeout: 0 },
    listener,
  );
  const connections = guardConnections(server, {
    limit: 1000,
    unreadMs: 60_000,
    idleMs: 60_000,
    headMs: 60_000,
    headsBytes: 2 ** 20,
    headBytes: 2 ** 16,
    pipelinedBytes: 2 ** 20,
    edge: { corsHeaders: () => ({}), refused: () => {} },
    closed: (why) => closed.push(why),
    ...options,
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    connections,
    /** Why we closed connections, one after the other. */
    closed,
    /** What has come back on a connection of its own. */
    send: (text: string) => {
      const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
      sockets.push(socket);
      const seen = { text: '', isClosed: false, socket };
      socket.on('data', (bytes: Buffer) => (seen.text += bytes.toString('latin1'))).on('error', () => {});
      // It would send on: that the other side says no more is an end as well.
      const close = () => (seen.isClosed = true);
      socket.on('end', close).on('close', close);
      socket.write(text);
      return seen;
    },
    end: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export type GuardedServer = Awaited<ReturnType<typeof guardedServer>>;
