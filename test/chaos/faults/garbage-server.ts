import { createServer, type Socket } from 'node:net';

const PIECES = [
  '+OK\r\n',
  ':-1\r\n',
  '$-7\r\nxx\r\n',
  '*3\r\n$1\r\na\r\n',
  'HTTP/1.1 400 Bad Request\r\n\r\n',
  '\u0000\u0001\r\n',
  '-ERR no\r\n',
];

/** Answers everything with something, whatever was asked. */
export async function startGarbageServer(port: number): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    socket.on('data', () => socket.write(PIECES[Math.floor(Math.random() * PIECES.length)]));
  });
  await new Promise<void>((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
  return {
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
