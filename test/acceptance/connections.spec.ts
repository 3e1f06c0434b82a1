import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { startGateway, type Gateway } from '@app/testing';
import { afterEach, describe, expect, it } from 'vitest';

const MANY = 10_000;
/** Of each connection in the process; `connectionRoom` counts 16 KiB, the kernel's part included. */
const MOST_BYTES_EACH = 20 * 1024;
const EVENT = JSON.stringify({ token: 'phc_many', event: 'e', distinct_id: 'd' });
const REQUEST = `POST /e/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${EVENT.length}\r\n\r\n${EVENT}`;

const openFiles = () => Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
const residentBytes = (pid: number) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

/** This process has their other ends: Node raises its own limit of open files as far as the system lets it. */
describe.skipIf(process.platform !== 'linux' || openFiles() < 1.2 * MANY)(`${MANY} connections (needs as many open files)`, () => {
  let gateway: Gateway;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await gateway.stop();
  });

  /** Of one connection that has sent an event and keeps quiet. */
  async function dial(i: number): Promise<void> {
    const { port } = new URL(gateway.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: `127.0.0.${2 + (i % 8)}` });
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(REQUEST);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
  }

  async function dialMany(count: number): Promise<void> {
    for (let i = 0; i < count; i += 100) await Promise.all(Array.from({ length: 100 }, (_, j) => dial(i + j)));
  }

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  }

  it('are kept, each for what was reckoned', async () => {
    gateway = await startGateway({ env: { MAX_CONNECTIONS: String(MANY + 100), LOG_LEVEL: 'warn' } });
    expect(gateway.logs()).toMatch(/clients: +10100 connections at most/);
    // Code and buffers that the first requests bring.
    await dialMany(500);
    const before = residentBytes(gateway.pid);
    await dialMany(MANY - 500);
    expect(await metric('capture_connections')).toBeGreaterThanOrEqual(MANY);
    expect(sockets.filter(({ closed }) => closed)).toHaveLength(0);
    expect((residentBytes(gateway.pid) - before) / (MANY - 500)).toBeLessThan(MOST_BYTES_EACH);
  });

  it('are more than may be there: the longest idle ones make room, and nobody is refused', async () => {
    gateway = await startGateway({ env: { MAX_CONNECTIONS: '500', LOG_LEVEL: 'warn' } });
    await dialMany(2000);
    expect(await metric('capture_connections')).toBeLessThanOrEqual(500);
    await expect.poll(() => sockets.filter(({ closed }) => closed).length).toBeGreaterThanOrEqual(1500);
    expect(sockets.at(-1)?.closed).toBe(false);
  });
});
