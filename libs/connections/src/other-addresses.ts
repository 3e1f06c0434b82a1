import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 50;
/** Fastify gives nobody more than ten seconds. */
const LAST_MS = 8000;

/**
 * A name may mean two addresses (localhost: 127.0.0.1 and ::1), and a server listens on one. Takes the connections of the other ones for
 * it, on its port, so that there is one limit and one guard for all. An address that nobody can listen on is left out.
 *
 * @param unreadBytes its `highWaterMark`
 * @returns closes them: resolves when what was under way there has ended, or after some seconds
 */
export async function listenOnOthers(server: Server, name: string, unreadBytes: number): Promise<() => Promise<void>> {
  const { address: taken, port } = server.address() as AddressInfo;
  const addresses = (await lookup(name, { all: true })).map(({ address }) => address).filter((address) => address !== taken);
  const others = await Promise.all(addresses.map((address) => listenOn(address, port, server, unreadBytes)));
  return async () => {
    const open = others.filter((other) => other !== undefined).map((other) => once(other.close(), 'close'));
    if (open.length === 0) return;
    // A connection is idle only when its answer has left.
    const looks = setInterval(() => server.closeIdleConnections(), LOOK_MS);
    await Promise.race([Promise.all(open), sleep(LAST_MS, undefined, { ref: false })]);
    clearInterval(looks);
  };
}

async function listenOn(host: string, port: number, server: Server, unreadBytes: number) {
  // As node:http has its own.
  const other = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: unreadBytes });
  other.on('connection', (socket) => server.emit('connection', socket));
  try {
    await once(other.listen({ host, port }), 'listening');
    return other;
  } catch {
    return undefined;
  }
}
