import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { freePort } from '../services/free-port.ts';
import { startKafka, type Broker, type BrokerOptions } from '../services/kafka.ts';
import { startServices } from '../services/start-services.ts';
import { measure, type Figures, type Load } from './gateway/measure.ts';
import { startSubject, type Subject } from './gateway/subject.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What all produce to: the same topics, so that the broker's share is the same for all. */
const TOPIC = 'bench';
/** Of its own: what compression a message gets depends on its topic. */
const REPLAY_TOPIC = 'bench-replay';
const TOPICS = [TOPIC, REPLAY_TOPIC];
const PARTITIONS = 8;

/** A broker, and what is measured on it. */
export interface Stage {
  readonly hosts: string;
  /** @param folder of a built tree; this one by default */
  gateway(name: string, options?: GatewayOptions): Promise<Subject>;
  /**
   * @param engine how it produces: by the Kafka library as it comes, or as the gateway does
   * @param flags of Node: those that the gateway runs with
   */
  floor(engine: 'stock' | 'own', flags: readonly string[]): Promise<Subject>;
  /** One run of load, and whether every event that was acknowledged is in the topics: that of all subjects is counted. */
  measure(subject: Subject, load: Load): Promise<Figures>;
  /** Ends a subject before its time. */
  end(subject: Subject): Promise<void>;
  /** Builds another revision in a folder of its own, with the packages that it names. @returns the folder */
  checkOut(revision: string): string;
}

export interface GatewayOptions {
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/**
 * Starts a broker, plays, and stops everything, whatever happens.
 *
 * @param jvm of the broker: `stock` where its own pauses would be in the figures
 */
export async function onStage(play: (stage: Stage) => Promise<void>, jvm: BrokerOptions['jvm'] = 'quick'): Promise<void> {
  const { hosts, stop } = jvm === 'quick' || process.env.KAFKA_HOSTS ? await anyBroker() : await startKafka({ line: '4.x', jvm });
  const cleanUp: (() => unknown)[] = [stop];
  const running = new Set<Subject>();
  const started = async (starting: Promise<Subject>): Promise<Subject> => {
    const subject = await starting;
    running.add(subject);
    return subject;
  };
  const end = async (subject: Subject): Promise<void> => {
    if (running.delete(subject)) await subject.stop();
  };

  const kafka = new Kafka({ brokers: [hosts], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const inTopics = async () => {
    const offsets = await Promise.all(TOPICS.map((topic) => admin.fetchTopicOffsets(topic)));
    return offsets.flat().reduce((sum, { high }) => sum + Number(high), 0);
  };

  const stage: Stage = {
    hosts,
    end,
    async measure(subject, load) {
      const before = await inTopics();
      const figures = await measure(subject, load);
      const stored = (await inTopics()) - before;
      if (stored < figures.events) throw new Error(`${subject.name} acknowledged ${figures.events} events, ${stored} are in the topics`);
      return figures;
    },
    async gateway(name, { folder = ROOT, env = {}, flags = [] } = {}) {
      const data = mkdtempSync(join(tmpdir(), 'inlet-bench-'));
      cleanUp.push(() => rmSync(data, { recursive: true, force: true }));
      const output = { KAFKA_HOSTS: hosts, KAFKA_TOPIC: TOPIC, KAFKA_REPLAY_TOPIC: REPLAY_TOPIC, DATA_DIR: data, LOG_LEVEL: 'warn' };
      return started(startSubject(name, join(folder, 'dist/src/main.js'), await freePort(), { ...output, ...env }, flags));
    },
    async floor(engine, flags) {
      const file = join(import.meta.dirname, 'floor/floor.ts');
      const env = { KAFKA_HOSTS: hosts, TOPIC, REPLAY_TOPIC, ENGINE: engine };
      return started(startSubject(engine === 'stock' ? 'floor' : 'own floor', file, await freePort(), env, flags));
    },
    checkOut(revision) {
      const folder = join(mkdtempSync(join(tmpdir(), 'inlet-revision-')), 'tree');
      execFileSync('git', ['worktree', 'add', '--detach', folder, revision], { cwd: ROOT, stdio: 'inherit' });
      cleanUp.push(() => execFileSync('git', ['worktree', 'remove', '--force', folder], { cwd: ROOT }));
      if (lockOf(folder) === lockOf(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
      execFileSync('npm', ['run', 'build'], { cwd: folder, stdio: 'inherit' });
      return folder;
    },
  };
  try {
    await admin.connect();
    await createTopics(admin);
    await play(stage);
  } finally {
    await admin.disconnect();
    for (const subject of running) await subject.stop();
    for (const step of cleanUp.toReversed()) await step();
  }
}

const lockOf = (folder: string) => readFileSync(join(folder, 'package-lock.json'), 'utf8');

async function anyBroker(): Promise<Pick<Broker, 'hosts' | 'stop'>> {
  const services = await startServices(['KAFKA_HOSTS']);
  const hosts = services.env.KAFKA_HOSTS;
  if (hosts === undefined) throw new Error(`no broker: ${services.missing[0]?.reason}`);
  return { hosts, stop: () => services.stop() };
}

async function createTopics(admin: Admin): Promise<void> {
  const existing = await admin.listTopics();
  const configEntries = [
    { name: 'max.message.bytes', value: '10000000' },
    // Bounded, whatever the length of the run.
    { name: 'retention.bytes', value: String(256 * 2 ** 20) },
    { name: 'segment.bytes', value: String(64 * 2 ** 20) },
  ];
  const missing = TOPICS.filter((topic) => !existing.includes(topic));
  if (missing.length === 0) return;
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map((topic) => ({ topic, numPartitions: PARTITIONS, configEntries })),
  });
}
