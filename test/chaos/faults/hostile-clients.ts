import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** Tells what came of it in a few words; throws when the gateway let itself be fooled. */
export interface Attack {
  readonly name: string;
  readonly run: (port: number) => Promise<string>;
}

const PATIENCE_MS = 20_000;

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** What comes until it is enough, the other side ends it, or patience does. */
function answerOf(socket: Socket, isEnough: (text: string) => boolean = hasHead): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (isEnough(text)) socket.destroy();
    });
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

const hasHead = (text: string): boolean => text.includes('\r\n\r\n');
const statuses = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);

function counted(all: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} x ${what}`).join(', ');
}

const head = (length: number, more = ''): string =>
  `POST /batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more}content-length: ${length}\r\n\r\n`;

/** The same thing on many connections; gives the statuses. */
async function crowd(port: number, size: number, act: (socket: Socket) => unknown): Promise<string> {
  const answers = await Promise.all(
    Array.from({ length: size }, async () => {
      const socket = await dial(port);
      const answer = answerOf(socket);
      await act(socket);
      return statuses(await answer)[0] ?? 'closed';
    }),
  );
  return counted(answers);
}

const SMALL = JSON.stringify({ api_key: 'phc_hostile', batch: [{ event: 'hostile', distinct_id: 'h' }] });

/** Two requests for the price of one, if the two ends of a body are told apart differently on the way. */
const SMUGGLED = [
  `POST /batch HTTP/1.1\r\nhost: x\r\ncontent-length: ${SMALL.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST /batch HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: ${SMALL.length}\r\n\r\n`,
  `POST /batch HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n`,
  `POST /batch HTTP/1.1\r\nhost: x\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n`,
  `POST /batch HTTP/1.1\r\nhost: x\r\ncontent-length: +5\r\n\r\n`,
  `POST /batch HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n\r\n`,
  `POST /batch HTTP/1.1\r\nhost: x\r\nx: y\nsmuggled: z\r\ncontent-length: 0\r\n\r\n`,
];

/** One after another, against a gateway that grants heads and bodies a few seconds (scenarios/hostile.ts). */
export const ATTACKS: readonly Attack[] = [
  {
    name: 'slow heads',
    async run(port) {
      const told = await crowd(port, 100, (socket) => trickle(socket, 'POST /batch HTTP/1.1\r\nhost: x\r\n', 'x-a: b\r\n'));
      if (!told.includes('408')) throw new Error(`no 408 for a head that does not end: ${told}`);
      return told;
    },
  },
  {
    name: 'bodies that stop',
    async run(port) {
      const told = await crowd(port, 100, (socket) => socket.write(head(1000) + SMALL.slice(0, 20)));
      if (!told.includes('408')) throw new Error(`no 408 for a body that stops: ${told}`);
      return told;
    },
  },
  {
    name: 'half-open sockets',
    async run(port) {
      const sockets = await Promise.all(Array.from({ length: 200 }, () => dial(port)));
      await new Promise((done) => setTimeout(done, 1000));
      for (const socket of sockets) socket.destroy();
      return `${sockets.length} opened, silent, gone`;
    },
  },
  {
    name: 'aborted uploads',
    async run(port) {
      const half = Buffer.alloc(1 << 20, 'x');
      for (let i = 0; i < 100; i++) {
        const socket = await dial(port);
        socket.write(head(4 << 20));
        socket.write(half, () => socket.resetAndDestroy());
        await new Promise((done) => socket.once('close', done));
      }
      return '100 x 1 of 4 MiB, then reset';
    },
  },
  {
    name: 'gzip bombs',
    async run(port) {
      const bomb = gzipSync(Buffer.alloc(300 << 20, 0x20));
      const told = await crowd(port, 20, (socket) =>
        socket.write(Buffer.concat([Buffer.from(head(bomb.length, 'content-encoding: gzip\r\n')), bomb])),
      );
      if (/ x 200/.test(told)) throw new Error(`a bomb of 300 MiB was acknowledged: ${told}`);
      return told;
    },
  },
  {
    name: '100,000 tiny events',
    async run(port) {
      const body = `{"api_key":"phc_hostile","batch":[${Array(100_000).fill('{"event":"e","distinct_id":"d"}').join(',')}]}`;
      return crowd(port, 5, (socket) => socket.write(head(body.length) + body));
    },
  },
  {
    name: '50 large bodies at once',
    async run(port) {
      const body = JSON.stringify({ api_key: 'phc_hostile', event: 'large', distinct_id: 'h', properties: { x: 'x'.repeat(18 << 20) } });
      return crowd(port, 50, (socket) => socket.write(head(body.length) + body));
    },
  },
  {
    name: 'header floods',
    run: (port) =>
      crowd(port, 50, (socket) =>
        socket.write(`POST /batch HTTP/1.1\r\nhost: x\r\n${'x-flood: '.concat('y'.repeat(500), '\r\n').repeat(2000)}\r\n`),
      ),
  },
  {
    name: 'pipelining',
    async run(port) {
      const many = 500;
      const socket = await dial(port);
      const answer = answerOf(socket, (text) => statuses(text).length === many && text.endsWith('}'));
      socket.write((head(SMALL.length) + SMALL).repeat(many));
      const told = statuses(await answer);
      if (told.some((status) => status !== '200') || told.length !== many) throw new Error(`pipelined ${many}: ${counted(told)}`);
      return counted(told);
    },
  },
  {
    name: 'request smuggling',
    async run(port) {
      const answers: string[] = [];
      for (const attempt of SMUGGLED) {
        const socket = await dial(port);
        const answer = answerOf(socket);
        socket.write(`${attempt}GET /_smuggled HTTP/1.1\r\nhost: x\r\n\r\n`);
        const told = statuses(await answer);
        if (told.some((status) => status === '404' || status === '200'))
          throw new Error(`smuggled past the end: ${JSON.stringify(attempt)} ${told.join(' ')}`);
        answers.push(told[0] ?? 'closed');
      }
      return counted(answers);
    },
  },
];

async function trickle(socket: Socket, first: string, next: string): Promise<void> {
  socket.write(first);
  const timer = setInterval(() => socket.write(next), 500);
  socket.once('close', () => clearInterval(timer));
}
