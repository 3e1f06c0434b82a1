import { ServerResponse, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { anEventBody, counter, openGateway, type Gateway } from './gateway.js';

const EVENT = JSON.stringify(anEventBody());
const POST = `POST /e/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
const ORIGIN = 'origin: https://a.example\r\n';
const PATIENT = { timeout: 20_000, interval: 100 };

describe('a connection', () => {
  let gateway: Gateway | undefined;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await gateway?.close();
    gateway = undefined;
  });

  async function open(env: Record<string, string> = {}): Promise<Gateway> {
    gateway = await openGateway(env);
    await gateway.app.listen(0, '127.0.0.1');
    return gateway;
  }

  /** What has come of a connection so far. */
  async function dial(text = '') {
    const { port } = gateway!.app.getHttpServer().address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const seen = { text: '', isClosed: false, socket };
    socket.on('data', (bytes: Buffer) => (seen.text += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => (seen.isClosed = true));
    await once(socket, 'connect');
    socket.write(text);
    return seen;
  }

  const until = (check: () => void | Promise<void>) => vi.waitFor(check, PATIENT);
  const count = (name: string, labels = '') => counter(gateway!, name, labels);

  describe('at the limit', () => {
    it('takes the place of the one that was idle longest, and counts that', async () => {
      await open({ MAX_CONNECTIONS: '10' });
      const before = await count('capture_connections_closed_total', 'reason="room"');
      const kept: Awaited<ReturnType<typeof dial>>[] = [];
      for (let i = 0; i < 10; i++) {
        const one = await dial(`${POST}content-length: ${EVENT.length}\r\n\r\n${EVENT}`);
        await until(() => expect(one.text).toContain('"Ok"'));
        kept.push(one);
      }
      // The first is used again: the second is the longest idle now.
      kept[0].socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      await until(() => expect(kept[0].text).toContain('capture'));
      expect([await count('capture_connections'), await count('capture_connections_limit')]).toEqual([10, 10]);
      const newest = await dial('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      await until(() => expect(newest.text).toContain('capture'));
      await until(() => expect(kept[1].isClosed).toBe(true));
      expect(kept.filter(({ isClosed }) => isClosed)).toHaveLength(1);
      expect(await count('capture_connections_closed_total', 'reason="room"')).toBe(before + 1);
    });

    it('is refused when every other one is at work', async () => {
      await open({ MAX_CONNECTIONS: '10' });
      for (let i = 0; i < 10; i++) await dial(`${POST}content-length: 10\r\n\r\n{`);
      await until(async () => expect(await count('capture_in_flight_bytes')).toBe(10));
      const refused = await dial();
      await until(() => expect(refused.isClosed).toBe(true));
      expect(await count('capture_connections')).toBe(10);
    });
  });

  describe('with pipelined requests', () => {
    it('gets every answer, in order', async () => {
      await open();
      const one = await dial(`GET / HTTP/1.1\r\nhost: x\r\n\r\n${POST}content-length: ${EVENT.length}\r\n\r\n${EVENT}`.repeat(200));
      await until(() =>
        expect(one.text.match(/capture|"Ok"/g)).toEqual(Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 'capture' : '"Ok"'))),
      );
      expect(gateway!.taken()).toHaveLength(200);
    });

    it('has sixteen of them begun in a turn of the event loop, and leaves the next turns to others', async () => {
      await open();
      const turns: number[] = [];
      let begun = 0;
      const original = ServerResponse.prototype.end;
      const spy = vi.spyOn(ServerResponse.prototype, 'end').mockImplementation(function (this: ServerResponse, ...rest) {
        if (begun++ === 0) setImmediate(() => (turns.push(begun), (begun = 0)));
        return Reflect.apply(original, this, rest) as ServerResponse;
      });
      const one = await dial('GET /nope HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1000));
      await until(() => expect(one.text.match(/no such route/g)).toHaveLength(1000));
      spy.mockRestore();
      expect([Math.max(...turns) <= 17, turns.reduce((all, each) => all + each)]).toEqual([true, 1000]);
    });

    it('is not read while nobody takes its answers, and read on when somebody does', async () => {
      await open();
      const page = 'GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n';
      const { body } = await gateway!.app.inject('/openapi.json');
      const one = await dial();
      one.socket.pause();
      const before = await count('http_requests_total', 'openapi.json');
      // Some 40 MB of answers; the kernel takes a few.
      const requests = Math.ceil(40e6 / body.length);
      one.socket.write(page.repeat(requests));
      let seen = -1;
      await until(async () => {
        const answered = (await count('http_requests_total', 'openapi.json')) - before;
        const isStill = answered === seen && answered > 0;
        seen = answered;
        expect(isStill).toBe(true);
      });
      expect(seen).toBeLessThan(requests * 0.75);
      one.socket.resume();
      await until(async () => expect((await count('http_requests_total', 'openapi.json')) - before).toBe(requests));
    });

    it('costs one rendering of /metrics a second', async () => {
      await open();
      const before = await count('http_requests_total', '/metrics');
      const one = await dial('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1500));
      one.socket.pause();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect((await count('http_requests_total', '/metrics')) - before).toBeLessThan(4);
    });
  });

  describe('whose body nobody wants', () => {
    it('has its answer before the body is there, with CORS headers, and ends a moment later', async () => {
      await open();
      const one = await dial(`POST /nothing HTTP/1.1\r\nhost: x\r\n${ORIGIN}content-length: 100\r\n\r\nx`);
      await until(() => expect(one.text).toContain('no such route'));
      expect(one.text).toMatch(/^HTTP\/1\.1 404 [^]*access-control-allow-origin: https:\/\/a\.example/);
      await until(() => expect(one.isClosed).toBe(true));
    });

    it('can be used again if the body is small and comes', async () => {
      await open();
      const one = await dial('PUT /e/ HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n');
      await until(() => expect(one.text).toMatch(/^HTTP\/1\.1 405 /));
      one.socket.write('abcGET / HTTP/1.1\r\nhost: x\r\n\r\n');
      await until(() => expect(one.text).toContain('capture'));
      expect(one.isClosed).toBe(false);
    });

    it.each(['GET /', 'POST /nothing', 'expect'])('is not read for long: %s', async (what) => {
      const target = what === 'expect' ? 'POST /e/' : what;
      await open();
      const served: Socket[] = [];
      gateway!.app.getHttpServer().on('connection', (socket: Socket) => served.push(socket));
      const one = await dial(
        `${target} HTTP/1.1\r\nhost: x\r\n${what === 'expect' ? 'expect: a\r\n' : ''}content-length: 100000000\r\n\r\n`,
      );
      await until(() => expect(one.text).toMatch(/^HTTP/));
      one.socket.write('x'.repeat(20_000_000));
      await until(() => expect(one.isClosed).toBe(true));
      expect(served[0].bytesRead).toBeLessThan(5_000_000);
    });
  });

  it('that sends a body in drops is told how long one may take', async () => {
    await open({ BODY_TOTAL_TIMEOUT_MS: '1000' });
    const one = await dial(`${POST}content-length: 1000\r\n\r\n`);
    const drops = setInterval(() => one.socket.write('x'), 100);
    await until(() => expect(one.text).toContain('BODY_TOTAL_TIMEOUT_MS'));
    clearInterval(drops);
    expect(one.text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('may send a body of one-byte chunks', async () => {
    await open();
    const text = JSON.stringify(anEventBody({ properties: { a: 'x'.repeat(20_000) } }));
    const chunks = Array.from(text, (char) => `1\r\n${char}\r\n`).join('');
    const one = await dial(`${POST}transfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
    await until(() => expect(one.text).toContain('"Ok"'));
    expect(gateway!.taken()[0].value).toContain('x'.repeat(20_000));
  });

  it('has no chunks of a large body wait in the process while nothing more is read of it', async () => {
    await open();
    const bodies: IncomingMessage[] = [];
    gateway!.app.getHttpServer().on('request', (request: IncomingMessage) => bodies.push(request));
    const one = await dial(`${POST}transfer-encoding: chunked\r\n\r\n22e00\r\n${' '.repeat(0x22e00)}\r\n`);
    one.socket.write('1\r\n \r\n'.repeat(40_000));
    let waiting = 0;
    let looks: NodeJS.Immediate;
    const look = () => {
      waiting = Math.max(waiting, bodies[0]?.readableLength ?? 0);
      looks = setImmediate(look);
    };
    look();
    await until(async () => expect(await count('capture_in_flight_bytes')).toBe(0x22e00 + 40_000));
    clearImmediate(looks!);
    expect([waiting, bodies[0].readableHighWaterMark]).toEqual([0, 4096]);
    one.socket.write(`${EVENT.length.toString(16)}\r\n${EVENT}\r\n0\r\n\r\n`);
    await until(() => expect(one.text).toContain('"Ok"'));
  });

  it('gives back what a body held as soon as that is refused, not when all of it has come', async () => {
    await open({ MAX_BODY_BYTES: '100000' });
    const one = await dial(`${POST}content-length: 150000\r\n\r\n${' '.repeat(90_000)}`);
    await until(async () => expect(await count('capture_in_flight_bytes')).toBe(90_000));
    one.socket.write(' '.repeat(20_000));
    await until(async () => expect(await count('capture_in_flight_bytes')).toBe(0));
    expect(one.text).toBe('');
    one.socket.write(' '.repeat(40_000));
    await until(() => expect(one.text).toMatch(/^HTTP\/1\.1 413 /));
  });

  describe('with what is no request', () => {
    const refused: { what: string; text: string; status: number; says: string }[] = [
      { what: 'a target without a slash', text: `GET *x HTTP/1.1\r\nhost: x\r\n${ORIGIN}\r\n`, status: 400, says: 'slash' },
      { what: 'escapes that are none', text: `GET /array/%ff%zz/config HTTP/1.1\r\nhost: x\r\n${ORIGIN}\r\n`, status: 400, says: 'path' },
      { what: 'a long part', text: `GET /array/${'x'.repeat(501)}/config HTTP/1.1\r\nhost: x\r\n${ORIGIN}\r\n`, status: 414, says: '500' },
      { what: 'an unknown method', text: `FOO / HTTP/1.1\r\nhost: x\r\n${ORIGIN}\r\n`, status: 400, says: 'method' },
      { what: 'a broken header', text: `GET / HTTP/1.1\r\nhost: x\r\n${ORIGIN}bro ken\r\n\r\n`, status: 400, says: 'malformed' },
      { what: 'two hosts', text: `GET / HTTP/1.1\r\nhost: x\r\nHost: x\r\n${ORIGIN}\r\n`, status: 400, says: 'Host' },
      { what: 'an expectation', text: `POST /e/ HTTP/1.1\r\nhost: x\r\nexpect: a\r\n${ORIGIN}\r\n`, status: 417, says: '100-continue' },
      { what: 'no host', text: `GET / HTTP/1.1\r\n${ORIGIN}\r\n`, status: 400, says: 'Host' },
      { what: 'a known method without routes', text: `PROPFIND /e/ HTTP/1.1\r\nhost: x\r\n${ORIGIN}\r\n`, status: 405, says: 'GET' },
    ];
    it.each(refused)('is told so as text that its page may read: $what', async ({ text, status, says }) => {
      const lines: string[] = [];
      const { createGateway } = await import('../../src/create-gateway.js');
      const { MemorySink } = await import('@app/testing');
      const app = await createGateway({ LOG_LEVEL: 'warn' }, { sink: new MemorySink(), logs: { write: (line) => void lines.push(line) } });
      gateway = { app, close: () => app.close() } as Gateway;
      await app.listen(0, '127.0.0.1');
      const one = await dial(text);
      await until(() => expect(one.text).toContain(says));
      expect(one.text.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
      expect(one.text).toMatch(/content-type: text\/plain/);
      expect(one.text).toMatch(/x-content-type-options: nosniff/);
      expect(one.text).toMatch(/access-control-allow-origin: https:\/\/a\.example/);
      expect(lines).toEqual([]);
    });

    it('is told the limit of a head', async () => {
      await open();
      const one = await dial(`GET / HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(70_000)}\r\n\r\n`);
      await until(() => expect(one.text).toMatch(/^HTTP\/1\.1 431 [^]*65536 bytes/));
    });

    it('has the answer of the request before it first', async () => {
      await open();
      const one = await dial(`${POST}content-length: ${EVENT.length}\r\n\r\n${EVENT}\x16\x03 what\r\n\r\n`);
      await until(() => expect(one.text).toMatch(/^HTTP\/1\.1 200 [^]*"Ok"[^]*HTTP\/1\.1 400 /));
      expect(gateway!.taken()).toHaveLength(1);
    });

    it('may name the host in its target', async () => {
      await open();
      const one = await dial('GET http://x/_liveness HTTP/1.1\r\nhost: x\r\n\r\n');
      await until(() => expect(one.text).toMatch(/^HTTP\/1\.1 200 /));
    });
  });
});
