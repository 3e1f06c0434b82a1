import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaClassPath, type KafkaLine } from './class-path.ts';
import { run } from './commands.ts';
import { freePort } from './free-port.ts';
import { startOnLeash, type Leashed } from './leash.ts';
import { untilReady } from './until-ready.ts';

export interface Broker {
  /** `host:port` of the plain listener. */
  readonly hosts: string;
  readonly folder: string;
  /** Kills the broker; its folder stays, so that `startKafka({ folder, port })` brings it back. */
  kill(): Promise<void>;
  /** Kills the broker and removes what it stored. */
  stop(): Promise<void>;
}

export interface BrokerOptions {
  readonly line: KafkaLine;
  readonly port?: number;
  /** Of a broker that was killed before, to start it again with its data. */
  readonly folder?: string;
  /** Added to server.properties, or put in the place of ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Arguments for the formatting of a new folder, e.g. `--add-scram`. */
  readonly formatArguments?: readonly string[];
  /** `quick` by default; `stock` is what Kafka's own scripts start it with, for measurements of how long its answers take. */
  readonly jvm?: keyof typeof JVM;
}

const LOG = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
const JVM = {
  // A small heap and the quick compiler alone: the broker is up in seconds and leaves the two cores of a CI to the tests.
  quick: ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', LOG],
  stock: '-server -Xmx1G -Xms1G -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent'
    .split(' ')
    .concat(LOG),
};
const CLUSTER = 'inletTestsCluster00000';

/** One real broker that is its own controller, on loopback, in a temporary folder. */
export async function startKafka(options: BrokerOptions): Promise<Broker> {
  const [classPath, port, controllerPort] = await Promise.all([kafkaClassPath(options.line), options.port ?? freePort(), freePort()]);
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), `inlet-kafka-${options.line}-`)));
  try {
    return await startIn(folder, classPath, port, controllerPort, options);
  } catch (error) {
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string, classPath: string, port: number, controllerPort: number, options: BrokerOptions): Promise<Broker> {
  const properties = join(folder, 'server.properties');
  const settings = Object.entries({ ...serverProperties(folder, port, controllerPort), ...options.properties });
  await writeFile(properties, settings.map(([name, value]) => `${name}=${value}\n`).join(''));
  if (options.folder === undefined) {
    const format = ['format', '-t', CLUSTER, '-c', properties, ...(options.formatArguments ?? [])];
    await run('java', [...JVM.quick, '-cp', classPath, 'kafka.tools.StorageTool', ...format], 60);
  }
  const log = join(folder, 'broker.log');
  const service = startOnLeash('java', [...JVM[options.jvm ?? 'quick'], '-cp', classPath, 'kafka.Kafka', properties], { log });
  const hosts = `127.0.0.1:${port}`;
  try {
    await untilReady(service, () => answersMetadata(hosts), 60, `Kafka ${options.line}`);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${(await readFile(log, 'utf8')).split('\n').slice(-20).join('\n')}`, { cause: error });
  }
  return broker(service, hosts, folder);
}

function broker(service: Leashed, hosts: string, folder: string): Broker {
  return {
    hosts,
    folder,
    kill: () => service.stop(),
    async stop() {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function serverProperties(folder: string, port: number, controllerPort: number): Record<string, string> {
  return {
    'node.id': '1',
    'process.roles': 'broker,controller',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
  };
}

/** Ready means: it lists itself, at the address we will use, in an answer to a metadata request. */
export async function answersMetadata(hosts: string): Promise<boolean> {
  const admin = new Kafka({ brokers: [hosts], logLevel: logLevel.NOTHING, retry: { retries: 0 }, connectionTimeout: 1000 }).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}
