import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, type Gateway } from '@app/testing';
import { freePort } from '../services/free-port.ts';
import { createTopic, type TopicOptions } from './faults/topics.ts';
import { Load, type LoadOptions, type LoadResult } from './load/load.ts';
import { findEvents } from './read/found-events.ts';
import { MemoryWatch, type PeakMemory } from './verdict/memory.ts';
import { imbalances, readMetrics, type Metrics } from './verdict/metrics.ts';
import { rowOf, type Bounds, type Row } from './verdict/row.ts';

const ROUTES = ['', '_OVERFLOW', '_HISTORICAL', '_ERROR_TRACKING', '_HEATMAPS', '_CLIENT_INGESTION_WARNING', '_REPLAY', '_REPLAY_OVERFLOW'];

/** All that one scenario uses, taken down after it. */
export class Stage {
  readonly topic: string;
  readonly dlq: string;
  /** Kept over restarts of the gateway. */
  readonly dataDir = mkdtempSync(join(tmpdir(), 'inlet-chaos-data-'));
  gateway!: Gateway;
  #hosts = '';
  #env: Record<string, string> = {};
  readonly #loads: LoadResult[] = [];
  readonly #running = new Set<Load>();
  readonly #watches: MemoryWatch[] = [];
  readonly #cleanups: (() => unknown)[] = [];
  readonly #notes: string[] = [];
  readonly #problems: string[] = [];

  constructor(readonly scenario: string) {
    const id = randomBytes(3).toString('hex');
    this.topic = `chaos-${scenario}-${id}`;
    this.dlq = `${this.topic}-dlq`;
  }

  /** Makes the topics at `hosts`, straight ones; the gateway is told `KAFKA_HOSTS` by `open`. */
  async topics(hosts: string, options: TopicOptions = {}): Promise<void> {
    this.#hosts = hosts;
    await createTopic(hosts, this.topic, options);
    await createTopic(hosts, this.dlq, { partitions: 1, replicas: options.replicas ?? 1 });
  }

  /** Starts the gateway, or starts it again with the same environment and data. */
  async open(env?: Readonly<Record<string, string>>): Promise<Gateway> {
    if (env !== undefined)
      this.#env = {
        ...this.#topicNames(),
        KAFKA_HOSTS: this.#hosts,
        DATA_DIR: this.dataDir,
        PORT: await this.#port(),
        LOG_LEVEL: 'warn',
        ...env,
      };
    this.gateway = await startGateway({ env: this.#env });
    this.#watches.push(new MemoryWatch(this.gateway.pid));
    return this.gateway;
  }

  /** Starts one more gateway with the first one's environment, on a disk of its own: the next pod of a set. */
  async openBeside(dataDir: string): Promise<Gateway> {
    const gateway = await startGateway({ env: { ...this.#env, DATA_DIR: dataDir, PORT: String(await freePort()) } });
    this.#watches.push(new MemoryWatch(gateway.pid));
    this.defer(() => gateway.stop('SIGKILL'));
    return gateway;
  }

  /** What a process needs that is to reach the same topics. */
  get environment(): Readonly<Record<string, string>> {
    return this.#env;
  }

  load(options: Partial<LoadOptions> = {}): Load {
    const load = Load.start({ url: this.gateway.url, ...options });
    this.#running.add(load);
    return load;
  }

  /** Ends a load, which then counts for the row. */
  async end(load: Load): Promise<LoadResult> {
    const result = await load.stop();
    this.#running.delete(load);
    this.#loads.push(result);
    return result;
  }

  metrics(): Promise<Metrics> {
    return readMetrics(this.gateway.url);
  }

  /** Waits as long as it takes, within reason: what is slow is not wrong. */
  async until(what: string, isSo: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
    const deadline = performance.now() + seconds * 1000;
    while (performance.now() < deadline) {
      if (await isSo()) return;
      await sleep(100);
    }
    throw new Error(`after ${seconds} s still not: ${what}`);
  }

  async untilDrained(seconds = 90): Promise<void> {
    const began = performance.now();
    const waiting = (await this.metrics()).get('capture_spool_pending_events') ?? 0;
    await this.until('the spool is drained', async () => (await this.metrics()).get('capture_spool_pending_events') === 0, seconds);
    if (waiting > 0) this.note(`drained ${waiting} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  /** Turns the row red with a sentence, unless it is so. */
  check(isSo: boolean, otherwise: string): void {
    if (!isSo) this.#problems.push(otherwise);
  }

  defer(cleanup: () => unknown): void {
    this.#cleanups.unshift(cleanup);
  }

  get memory(): PeakMemory | undefined {
    const peaks = this.#watches.map(({ peak }) => peak);
    return peaks.toSorted((a, b) => b.anonymous - a.anonymous)[0];
  }

  /** Of the gateway as it runs now, MiB. */
  reserved(): number {
    return this.#watches.at(-1)!.reserved();
  }

  /** Of the gateway as it runs now, MiB: heap and buffers, without files mapped. */
  anonymousNow(): number {
    return this.#watches.at(-1)!.anonymousNow();
  }

  get peakInFlight(): number {
    return Math.max(0, ...this.#loads.map(({ peakInFlight }) => peakInFlight));
  }

  /** Reads what arrived, asks the gateway for its books, and decides. */
  async judge(bounds: Bounds, alsoIn: readonly string[] = []): Promise<Row> {
    const metrics = await this.metrics();
    const found = await findEvents(this.#hosts, [this.topic, this.dlq, ...alsoIn]);
    const problems = [...this.#problems, ...imbalances(metrics)];
    const { scenario, memory } = this;
    return rowOf({ scenario, loads: this.#loads, found, bounds, memory, notes: this.#notes, problems });
  }

  async strike(): Promise<void> {
    for (const load of this.#running) load.kill();
    for (const watch of this.#watches) watch.stop();
    await this.gateway?.stop('SIGKILL');
    for (const cleanup of this.#cleanups) await cleanup();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** The same for a gateway's successor: the load goes on at its address. */
  async #port(): Promise<string> {
    return this.#env.PORT ?? String(await freePort());
  }

  #topicNames(): Record<string, string> {
    return Object.fromEntries([...ROUTES.map((route) => [`KAFKA${route}_TOPIC`, this.topic] as const), ['KAFKA_DLQ_TOPIC', this.dlq]]);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
