import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../services/free-port.ts';
import { TcpProxy } from './tcp-proxy.ts';

describe('the proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let port: number;
  const received: Buffer[] = [];

  beforeEach(async () => {
    received.length = 0;
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        received.push(Buffer.from(bytes));
        socket.write(bytes);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = await freePort();
    proxy = await TcpProxy.start(port, (server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await proxy.stop();
    server.close();
  });

  async function dial(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }

  async function echo(socket: Socket, text: string): Promise<string> {
    let answer = '';
    const whole = new Promise<void>((done) =>
      socket.on('data', (bytes) => {
        answer += String(bytes);
        if (answer.length >= text.length) done();
      }),
    );
    socket.write(text);
    await whole;
    return answer;
  }

  it.each([{ kind: 'fair' }, { kind: 'delay', ms: 20 }, { kind: 'throttle', bytesPerSecond: 100_000 }] as const)(
    'carries every byte both ways, in order: $kind',
    async (weather) => {
      proxy.weather = weather;
      const text = Array.from({ length: 2000 }, (_, i) => String(i)).join(' ');
      expect(await echo(await dial(), text)).toBe(text);
    },
  );

  it('lets nothing through a black hole, and hands it over when that ends', async () => {
    proxy.weather = { kind: 'black-hole' };
    const socket = await dial();
    socket.write('late');
    await new Promise((done) => setTimeout(done, 100));
    expect(received).toEqual([]);
    const answer = once(socket, 'data');
    proxy.weather = { kind: 'fair' };
    expect(String((await answer)[0])).toBe('late');
  });

  it('resets what is connected, and what connects', async () => {
    const socket = await dial();
    await echo(socket, 'x');
    const closed = new Promise((done) => socket.once('close', done));
    proxy.weather = { kind: 'reset' };
    await closed;
    const next = connect(port, '127.0.0.1').on('error', () => {});
    await new Promise((done) => next.once('close', done));
    proxy.weather = { kind: 'fair' };
    expect(await echo(await dial(), 'y')).toBe('y');
  });
});
