import { connect, createServer, type Server, type Socket } from 'node:net';

/** What the proxy does with the bytes of all its connections. */
export type Weather =
  | { readonly kind: 'fair' }
  /** Every piece arrives so much later, milliseconds each way. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Bytes a second, each way and connection. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Connections stand, and nothing comes through: what a lost route looks like. Bytes are kept, and come later. */
  | { readonly kind: 'black-hole' }
  /** Connections are reset, new ones at once. */
  | { readonly kind: 'reset' };

const SLICE_MS = 20;

/** A TCP proxy that can be made bad weather. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #waiting = new Set<() => void>();
  #weather: Weather = { kind: 'fair' };

  private constructor(target: number) {
    this.#server = createServer((client) => this.#join(client, target));
  }

  static async start(port: number, target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((done, failed) => proxy.#server.once('error', failed).listen(port, '127.0.0.1', done));
    return proxy;
  }

  set weather(weather: Weather) {
    this.#weather = weather;
    if (weather.kind === 'reset') this.resetAll();
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Once, whatever the weather. */
  resetAll(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    this.weather = { kind: 'reset' };
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  #join(client: Socket, target: number): void {
    if (this.#weather.kind === 'reset') return void client.resetAndDestroy();
    const upstream = connect(target, '127.0.0.1');
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
      void this.#carry(from, to);
    }
  }

  async #carry(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from) await this.#pass(chunk as Buffer, to);
      to.end();
    } catch {
      to.destroy();
    }
  }

  async #pass(chunk: Buffer, to: Socket): Promise<void> {
    while (this.#weather.kind === 'black-hole') await new Promise<void>((wake) => this.#waiting.add(wake));
    const weather = this.#weather;
    if (weather.kind === 'throttle') return this.#trickle(chunk, to, weather.bytesPerSecond);
    if (weather.kind === 'delay') await sleep(weather.ms);
    await write(to, chunk);
  }

  async #trickle(chunk: Buffer, to: Socket, bytesPerSecond: number): Promise<void> {
    const slice = Math.max(1, Math.round((bytesPerSecond * SLICE_MS) / 1000));
    for (let at = 0; at < chunk.length; at += slice) {
      await write(to, chunk.subarray(at, at + slice));
      if (this.#weather.kind === 'throttle') await sleep(SLICE_MS);
    }
  }
}

function write(to: Socket, bytes: Buffer): Promise<void> {
  return new Promise((done, failed) => to.write(bytes, (error) => (error ? failed(error) : done())));
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
