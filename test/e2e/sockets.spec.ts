import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { anEventBody, counter, openGateway, type Gateway } from './gateway.js';

/** Raw HTTP over one connection: what `inject` cannot show. */
class Wire {
  private received = '';

  constructor(private readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => (this.received += bytes.toString('latin1')));
    socket.on('error', () => undefined);
  }

  async write(text: string): Promise<void> {
    if (!this.socket.write(text)) await Promise.race([once(this.socket, 'drain'), once(this.socket, 'close')]);
  }

  /** Waits until `pattern` has come, and forgets what came. */
  async read(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) await Promise.race([once(this.socket, 'data'), closed(this.socket)]);
    const text = this.received;
    this.received = '';
    return text;
  }

  end(): void {
    this.socket.destroy();
  }
}

async function closed(socket: Socket): Promise<never> {
  if (!socket.closed) await once(socket, 'close');
  throw new Error('the connection was closed');
}

const EVENT = JSON.stringify(anEventBody());
const head = (length: number) => `POST /e/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

describe('on a real socket', () => {
  let gateway: Gateway;
  let port: number;
  let wire: Wire;
  const dial = async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Wire(socket);
  };
  beforeAll(async () => {
    gateway = await openGateway({ MAX_BODY_BYTES: '100000', BODY_CHUNK_READ_TIMEOUT_MS: '400' });
    await gateway.app.listen(0, '127.0.0.1');
    port = (gateway.app.getHttpServer().address() as { port: number }).port;
  });
  afterAll(() => gateway.close());

  it('answers an oversized body and serves the next request on the same connection', async () => {
    wire = await dial();
    await wire.write(head(150_000) + 'x'.repeat(150_000));
    const refused = await wire.read(/exceed/);
    expect(refused).toMatch(/^HTTP\/1\.1 413 /);
    await wire.write(head(EVENT.length) + EVENT);
    expect(await wire.read(/"Ok"/)).toMatch(/^HTTP\/1\.1 200 /);
    wire.end();
  });

  it('answers a body far over the limit before its end', async () => {
    wire = await dial();
    await wire.write(head(10_000_000) + 'x'.repeat(300_000));
    expect(await wire.read(/exceed/)).toMatch(/^HTTP\/1\.1 413 /);
    wire.end();
  });

  it('tells a client that stops in the middle of a body: 408', async () => {
    wire = await dial();
    await wire.write(head(EVENT.length) + EVENT.slice(0, 10));
    expect(await wire.read(/client stopped sending data/)).toMatch(/^HTTP\/1\.1 408 /);
    wire.end();
  });

  it('takes a chunked body', async () => {
    wire = await dial();
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    await wire.write('POST /batch/ HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    await wire.write(chunk(EVENT.slice(0, 7)) + chunk(EVENT.slice(7)) + '0\r\n\r\n');
    expect(await wire.read(/"Ok"/)).toMatch(/^HTTP\/1\.1 200 /);
    wire.end();
  });

  it('refuses a body with another transfer coding, which it would take for what it is not, and keeps the connection', async () => {
    gateway.taken();
    wire = await dial();
    const chunk = `${EVENT.length.toString(16)}\r\n${EVENT}\r\n0\r\n\r\n`;
    await wire.write(`POST /batch/ HTTP/1.1\r\nhost: x\r\norigin: https://a.example\r\ntransfer-encoding: gzip, chunked\r\n\r\n${chunk}`);
    const answer = await wire.read(/Transfer-Encoding/);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/access-control-allow-origin: https:\/\/a\.example/i);
    await wire.write(head(EVENT.length) + EVENT);
    expect(await wire.read(/"Ok"/)).toMatch(/HTTP\/1\.1 200 /);
    expect(gateway.taken()).toHaveLength(1);
    wire.end();
  });

  it('survives a client that goes away in the middle of a body', async () => {
    gateway.taken();
    wire = await dial();
    await wire.write(head(EVENT.length) + EVENT.slice(0, 10));
    wire.end();
    wire = await dial();
    await wire.write(head(EVENT.length) + EVENT);
    expect(await wire.read(/"Ok"/)).toMatch(/^HTTP\/1\.1 200 /);
    expect(gateway.taken()).toHaveLength(1);
    wire.end();
  });

  it('gives back the bytes that an aborted upload reserved', async () => {
    wire = await dial();
    await wire.write(head(90_000) + 'x'.repeat(50_000));
    await vi.waitFor(async () => expect(await counter(gateway, 'capture_in_flight_bytes')).toBeGreaterThan(0));
    wire.end();
    await vi.waitFor(async () => expect(await counter(gateway, 'capture_in_flight_bytes')).toBe(0));
  });

  it('answers what is no HTTP at all without a stack', async () => {
    wire = await dial();
    await wire.write('\x16\x03\x01 hello\r\n\r\n');
    expect(await wire.read(/400/)).not.toContain('    at ');
    wire.end();
  });
});
