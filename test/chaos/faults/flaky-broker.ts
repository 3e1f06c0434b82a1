import { rmSync } from 'node:fs';
import { freePort } from '../../services/free-port.ts';
import { startKafka, type Broker } from '../../services/kafka.ts';
import { signalProcess } from './processes.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A broker that forgets a dead process of its own soon, so that it is back quickly. */
const QUICK = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500', 'controlled.shutdown.enable': 'false' };

/** One real broker with two ways in: a straight one for the tests, and one through a proxy. */
export class FlakyBroker {
  /** Straight. */
  readonly hosts: string;
  /** Through the proxy: the broker advertises it to those who come that way. */
  readonly proxied: string;
  readonly proxy: TcpProxy;
  readonly #port: number;
  readonly #properties: Readonly<Record<string, string>>;
  #broker: Broker;

  private constructor(broker: Broker, port: number, proxied: string, proxy: TcpProxy, properties: Readonly<Record<string, string>>) {
    this.hosts = broker.hosts;
    this.proxied = proxied;
    this.proxy = proxy;
    this.#port = port;
    this.#properties = properties;
    this.#broker = broker;
  }

  static async start(): Promise<FlakyBroker> {
    const [port, inner, outer, controller] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const properties = {
      ...QUICK,
      listeners: `PLAINTEXT://127.0.0.1:${port},PROXIED://127.0.0.1:${inner},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},PROXIED://127.0.0.1:${outer}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    };
    const proxy = await TcpProxy.start(outer, inner);
    const broker = await startKafka({ line: '4.x', port, properties });
    return new FlakyBroker(broker, port, `127.0.0.1:${outer}`, proxy, properties);
  }

  /** kill -9. */
  kill(): Promise<void> {
    return this.#broker.kill();
  }

  /** On its data. */
  async restart(): Promise<void> {
    this.#broker = await startKafka({ line: '4.x', port: this.#port, folder: this.#broker.folder, properties: this.#properties });
  }

  freeze(): void {
    signalProcess('java', this.#broker.folder, 'SIGSTOP');
  }

  resume(): void {
    signalProcess('java', this.#broker.folder, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#broker.stop();
    await this.proxy.stop();
    rmSync(this.#broker.folder, { recursive: true, force: true });
  }
}
