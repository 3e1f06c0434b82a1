import { KafkaConfig, PlatformaticEngine, type ProducedMessage } from '@app/kafka';
import { aBatcher, type BuiltBatcher, type ModelCluster } from '@app/kafka/testing';
import { OutageSpool, SpoolConfig } from '@app/spool';
import { DiskTroubles, drainedValues, SimulatedDisk } from '@app/spool/testing';
import type { Owner } from '@app/testing';
import { idOf } from './books.js';
import { MESSAGE_MAX_BYTES, RECORDING_MAX_BYTES, type Plan } from './plan.js';
import { SpoolCounts } from './spool-counts.js';
import type { Surroundings } from './surroundings.js';
import { WatchedWay } from './watched-way.js';

export const SPOOL_DIRECTORY = '/data/spool';
const FLUSH_LIMIT_MS = 20_000;

/** Brokers too. */
interface GatewaySurroundings extends Surroundings {
  readonly cluster: ModelCluster;
  readonly plan: Plan;
}

/** One life of the gateway's process, from boot to end: the production classes, put together as the modules do it. */
export class Gateway implements Owner {
  isAlive = true;
  /** It takes requests. */
  isListening = false;
  /** The spool could be opened at boot, so that what it holds goes first. */
  hadSpool = false;
  /** It has told that nobody knows how far the spool is drained. */
  hasLostPlace = false;
  readonly counts = new SpoolCounts();
  readonly disk: SimulatedDisk;
  readonly spool: OutageSpool;
  readonly way: WatchedWay;
  readonly built: BuiltBatcher;
  readonly #engine: PlatformaticEngine;

  constructor(
    private readonly world: GatewaySurroundings,
    readonly life: number,
  ) {
    const { time, random, medium, troubles, cluster, plan } = world;
    const kafka = Object.assign(new KafkaConfig(), {
      hosts: cluster.nodes.map((_, node) => `127.0.0.1:${node}`),
      topic: 'events',
      replayTopic: 'replay',
      dlqTopic: 'dlq',
      lingerMs: 5,
      replayCompression: 'none',
      messageMaxBytes: MESSAGE_MAX_BYTES,
      replayMessageMaxBytes: RECORDING_MAX_BYTES,
      deliveryDeadlineMs: plan.deadlineMs,
    });
    const spool = Object.assign(new SpoolConfig(), {
      spoolDir: SPOOL_DIRECTORY,
      spoolMaxBytes: plan.spoolBytes,
      spoolMaxAgeHours: plan.maxAgeHours,
    });
    this.disk = new SimulatedDisk(medium, troubles, time, random, this, (line) => world.note(`disk: ${line}`));
    this.#engine = new PlatformaticEngine(kafka, cluster.client(this));
    this.spool = new OutageSpool(spool, kafka, time, this.counts, this.disk);
    const observer = { circuit: (leader: number, isOpen: boolean) => world.note(`circuit ${leader} ${isOpen ? 'opens' : 'closes'}`) };
    this.built = aBatcher({
      engine: this.#engine,
      config: kafka,
      clock: time,
      store: this.spool,
      queueBytes: plan.queueBytes,
      observer,
    });
    this.way = new WatchedWay(this.built.batcher);
  }

  async boot(): Promise<void> {
    await this.#lookAround();
    await this.spool.open(this.way);
    this.hadSpool = this.spool.enabled;
    this.built.view.refresh();
    this.isListening = true;
  }

  /** What the spool's files say, without any trouble and in no time. */
  async #lookAround(): Promise<void> {
    const { medium, time, random } = this.world;
    const disk = new SimulatedDisk(medium, Object.assign(new DiskTroubles(), { slowness: 0 }), time, random, this);
    for (const value of await drainedValues(disk, SPOOL_DIRECTORY)) this.way.sentBefore.add(idOf(value));
  }

  async deliver(messages: readonly ProducedMessage[]): Promise<{ stored: ReadonlySet<number>; failed: ReadonlyMap<number, string> }> {
    const { storedAt = [], failures } = await this.built.batcher.deliver(messages);
    const failed = failures.map((failure) => [failure.index, failure.kind === 'too_large' ? 'too_large' : failure.reason] as const);
    return { stored: new Set(storedAt), failed: new Map(failed) };
  }

  /** As on SIGTERM: requests under way are answered, and the rest is stored. */
  async stop(): Promise<void> {
    this.isListening = false;
    await this.built.batcher.close(FLUSH_LIMIT_MS);
    await this.spool.close();
    this.built.view.stop();
    await this.#engine.close();
    this.kill();
  }

  /** As on SIGKILL, in the middle of whatever is under way. */
  kill(): void {
    this.isListening = false;
    this.isAlive = false;
    this.disk.kill();
  }

  get isIdle(): boolean {
    const { events, counting } = this.spool.detail();
    return this.isListening && events === 0 && !counting && this.built.batcher.queuedBytes === 0;
  }
}
