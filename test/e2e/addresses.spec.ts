import dns from 'node:dns/promises';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { anEventBody, counter, openGateway, type Gateway } from './gateway.js';

const PATIENT = { timeout: 20_000, interval: 50 };

async function canListenOn(host: string): Promise<boolean> {
  const server = createServer().listen(0, host);
  const isListening = await Promise.race([once(server, 'listening').then(() => true), once(server, 'error').then(() => false)]);
  server.close();
  return isListening;
}

const [first, second] = ['127.0.0.1', (await canListenOn('::1')) ? '::1' : '127.0.0.2'];
const all = [first, second];
const hasBoth = (await canListenOn(first)) && (await canListenOn(second));

// Many machines know localhost by one address only.
beforeAll(() => {
  vi.spyOn(dns, 'lookup').mockImplementation((() => Promise.resolve(all.map((address) => ({ address })))) as never);
  syncBuiltinESMExports();
});
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const EVENT = JSON.stringify(anEventBody());
const POST = `POST /e/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${EVENT.length}\r\n\r\n`;

describe.skipIf(!hasBoth)('HOST=localhost, where that is 127.0.0.1 and another address (needs two)', () => {
  let gateway: Gateway | undefined;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await gateway?.close();
    gateway = undefined;
  });

  async function open(env: Record<string, string> = {}): Promise<void> {
    gateway = await openGateway({ HOST: 'localhost', ...env });
    await gateway.app.listen(0, 'localhost');
  }

  async function dial(host: string, text = '') {
    const { port } = gateway!.app.getHttpServer().address() as AddressInfo;
    const seen = { text: '', isClosed: false, socket: connect(port, host) };
    sockets.push(seen.socket);
    seen.socket.on('data', (bytes: Buffer) => (seen.text += bytes.toString('latin1')));
    seen.socket.on('error', () => {}).on('close', () => (seen.isClosed = true));
    seen.socket.write(text);
    await vi.waitFor(() => expect(seen.socket.connecting).toBe(false), PATIENT);
    return seen;
  }

  it('serves both, with one limit', async () => {
    await open({ MAX_CONNECTIONS: '10' });
    for (let i = 0; i < 10; i++) {
      const one = await dial(all[i % 2], POST + EVENT);
      await vi.waitFor(() => expect(one.text).toContain('"Ok"'), PATIENT);
    }
    expect(await counter(gateway!, 'capture_connections')).toBe(10);
    const before = await counter(gateway!, 'capture_connections_closed_total', 'reason="room"');
    for (const host of all) await vi.waitFor(async () => expect((await dial(host)).isClosed).toBe(false), PATIENT);
    await vi.waitFor(
      async () => expect(await counter(gateway!, 'capture_connections_closed_total', 'reason="room"')).toBe(before + 2),
      PATIENT,
    );
    expect(await counter(gateway!, 'capture_connections')).toBe(10);
  });

  it.each(all)('has odd requests to %s refused at the edge', async (host) => {
    await open();
    const one = await dial(host, 'GET *x HTTP/1.1\r\nhost: x\r\n\r\n');
    await vi.waitFor(() => expect(one.text).toMatch(/^HTTP\/1\.1 400 [^]*slash/), PATIENT);
  });

  it('answers what is under way on either when it stops, and takes nothing new', async () => {
    await open();
    const both = await Promise.all(all.map((host) => dial(host, POST)));
    await vi.waitFor(async () => expect(await counter(gateway!, 'capture_connections')).toBe(2), PATIENT);
    const { port } = gateway!.app.getHttpServer().address() as AddressInfo;
    const closed = gateway!.close();
    gateway = undefined;
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const { socket } of both) socket.write(EVENT);
    for (const one of both) await vi.waitFor(() => expect(one.text).toContain('"Ok"'), PATIENT);
    await closed;
    for (const host of all) {
      const late = connect(port, host);
      await expect(once(late, 'connect')).rejects.toThrow('ECONNREFUSED');
    }
  });
});
