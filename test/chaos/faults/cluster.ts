import { freePort } from '../../services/free-port.ts';
import { startKafka, type Broker } from '../../services/kafka.ts';
import { signalProcess } from './processes.ts';

const NODES = [1, 2, 3];
const QUICK = {
  'broker.session.timeout.ms': '4000',
  'broker.heartbeat.interval.ms': '500',
  'controller.quorum.election.timeout.ms': '2000',
  'controller.quorum.fetch.timeout.ms': '3000',
  'replica.lag.time.max.ms': '4000',
};

interface Node {
  readonly port: number;
  readonly properties: Readonly<Record<string, string>>;
  broker: Broker;
}

/** Three real brokers, each a controller as well; topics with three replicas survive the loss of one. */
export class Cluster {
  readonly hosts: string;
  readonly #nodes: ReadonlyMap<number, Node>;

  private constructor(nodes: ReadonlyMap<number, Node>) {
    this.#nodes = nodes;
    this.hosts = [...nodes.values()].map(({ port }) => `127.0.0.1:${port}`).join(',');
  }

  static async start(): Promise<Cluster> {
    const [ports, controllers] = [await freePorts(), await freePorts()];
    const voters = NODES.map((id, i) => `${id}@127.0.0.1:${controllers[i]}`).join(',');
    // Side by side: one alone is no quorum, and never ready.
    const starting = NODES.map(async (id, i): Promise<[number, Node]> => {
      const port = ports[i];
      const properties = {
        ...QUICK,
        'node.id': String(id),
        listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllers[i]}`,
        'controller.quorum.voters': voters,
        'offsets.topic.replication.factor': '3',
      };
      return [id, { port, properties, broker: await startKafka({ line: '4.x', port, properties }) }];
    });
    const settled = await Promise.allSettled(starting);
    const nodes = new Map(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed === undefined) return new Cluster(nodes);
    for (const { broker } of nodes.values()) await broker.stop();
    throw failed.reason;
  }

  kill(id: number): Promise<void> {
    return this.#node(id).broker.kill();
  }

  async restart(id: number): Promise<void> {
    const node = this.#node(id);
    node.broker = await startKafka({ line: '4.x', port: node.port, folder: node.broker.folder, properties: node.properties });
  }

  freeze(id: number): void {
    signalProcess('java', this.#node(id).broker.folder, 'SIGSTOP');
  }

  resume(id: number): void {
    signalProcess('java', this.#node(id).broker.folder, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await Promise.allSettled([...this.#nodes.values()].map(({ broker }) => broker.stop()));
  }

  #node(id: number): Node {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new RangeError(`no node ${id}`);
    return node;
  }
}

async function freePorts(): Promise<number[]> {
  const ports: number[] = [];
  for (const _ of NODES) ports.push(await freePort());
  return ports;
}
