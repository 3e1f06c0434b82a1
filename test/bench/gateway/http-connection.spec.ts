import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpConnection, wireRequest } from './http-connection.js';

describe('a connection of the load generator', () => {
  let server: Server;
  let connection: HttpConnection;
  afterEach(() => {
    connection.close();
    server.close();
  });

  /** A server that answers each chunk that comes with these pieces, one after another. */
  async function connect(answer: (socket: Socket) => void): Promise<void> {
    server = createServer((socket) => socket.on('data', () => answer(socket)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    connection = await HttpConnection.open('127.0.0.1', (server.address() as AddressInfo).port);
  }

  it('reads an answer that comes in pieces', async () => {
    const pieces = ['HTTP/1.1 200 OK\r\ncontent-le', 'ngth: 15\r\n\r\n{"sta', 'tus":"Ok"}'];
    await connect((socket) => pieces.forEach((piece, i) => setTimeout(() => socket.write(piece), i * 5)));
    expect(await connection.send(Buffer.from('x'))).toEqual({ status: 200, body: '{"status":"Ok"}', isKept: true });
    expect(await connection.send(Buffer.from('x'))).toMatchObject({ status: 200 });
  });

  it('tells refusals, their words, and that the connection ends', async () => {
    await connect((socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbusy'));
    expect(await connection.send(Buffer.from('x'))).toEqual({ status: 503, body: 'busy', isKept: false });
  });

  it('takes a cut for an answer that did not come', async () => {
    await connect((socket) => socket.destroy());
    expect(await connection.send(Buffer.from('x'))).toMatchObject({ status: 0, isKept: false });
    expect(await connection.send(Buffer.from('x'))).toMatchObject({ status: 0, isKept: false });
  });
});

describe('a request on the wire', () => {
  it('says how many bytes its body has', () => {
    const text = wireRequest('/e/', { 'content-type': 'application/json' }, Buffer.from('{"é":1}')).toString();
    expect(text).toBe('POST /e/ HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{"é":1}');
  });
});
