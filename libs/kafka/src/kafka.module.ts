import {
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { Clock, SharedLimits } from '@app/event';
import { Batcher } from './batcher/batcher.js';
import type { BatcherObserver } from './batcher/fates.js';
import { LeaderSender } from './batcher/leader-sender.js';
import { TopicView } from './batcher/topic-view.js';
import { meanwhile, NoUndeliveredStore, STORE_FIRST, UndeliveredStore } from './batcher/undelivered-store.js';
import { CaptureKafkaClient, KAFKA_CLIENT } from './client/capture-kafka-client.js';
import { ClockWatch } from './clock-watch.js';
import { PlatformaticEngine } from './engine/platformatic-engine.js';
import { ProducerEngine } from './engine/producer-engine.js';
import { KafkaHealth } from './kafka-health.js';
import { KafkaMetrics, NoKafkaMetrics } from './kafka-metrics.js';
import { KafkaConfig } from './kafka.config.js';
import { KafkaSink } from './kafka.sink.js';
import { topicSettings } from './topic-settings.js';
import { TopicCheck } from './topic-check.js';
import type { ConfiguredTopic } from './topics.js';
import { TroubleLog } from './trouble-log.js';

/** How long buffers may take to empty at shutdown, milliseconds. With a store they never take much longer than the delivery deadline. */
const FLUSH_LIMIT_MS = 20_000;
/** A broker that is frozen does not say goodbye. */
const FAREWELL_MS = 1000;

export interface KafkaModuleOptions {
  /** Counts nothing if not given. Must be exported by one of `imports` or a global module. */
  readonly metrics?: Type<KafkaMetrics>;
  /** Stores nothing if not given. */
  readonly store?: Type<UndeliveredStore>;
  /** How long buffers may take to empty at shutdown. */
  readonly flushLimitMs?: number;
  /** Topics that others send to, beside those of the routes: looked for at boot as these are. */
  readonly topics?: readonly ConfiguredTopic[];
  readonly imports?: DynamicModule['imports'];
}

const FLUSH_LIMIT = Symbol('inlet:kafka-flush-limit');

const PARTS = [KafkaConfig, Clock, TopicView, LeaderSender, UndeliveredStore, KafkaHealth, KafkaMetrics, ClockWatch] as const;
/** Where nothing else holds anything, nobody need provide it. */
const LIMITS = { token: SharedLimits, optional: true };

/** Kafka as output. Needs `KafkaConfig` and `Clock` from a global module. */
@Module({})
export class KafkaModule implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly batcher: Batcher,
    private readonly view: TopicView,
    private readonly check: TopicCheck,
    private readonly clocks: ClockWatch,
    @Inject(ProducerEngine) private readonly engine: ProducerEngine,
    private readonly store: UndeliveredStore,
    @Inject(FLUSH_LIMIT) private readonly flushLimitMs: number,
  ) {}

  static forRoot({ metrics, store, flushLimitMs = FLUSH_LIMIT_MS, topics = [], imports = [] }: KafkaModuleOptions = {}): DynamicModule {
    return {
      module: KafkaModule,
      imports,
      providers: [
        metrics ? { provide: KafkaMetrics, useExisting: metrics } : { provide: KafkaMetrics, useClass: NoKafkaMetrics },
        store ? { provide: UndeliveredStore, useExisting: store } : { provide: UndeliveredStore, useClass: NoUndeliveredStore },
        { provide: FLUSH_LIMIT, useValue: flushLimitMs },
        { provide: ProducerEngine, inject: [KafkaConfig], useFactory: newEngine },
        { provide: KafkaHealth, inject: [Clock], useFactory: (clock: Clock) => new KafkaHealth(clock) },
        { provide: TopicView, inject: [ProducerEngine, KafkaConfig, KafkaHealth], useFactory: newTopicView },
        { provide: LeaderSender, inject: [ProducerEngine, Clock, KafkaHealth, KafkaMetrics, KafkaConfig], useFactory: newSender },
        { provide: Batcher, inject: [...PARTS, LIMITS], useFactory: newBatcher },
        { provide: ClockWatch, inject: [ProducerEngine, KafkaMetrics], useFactory: newClockWatch },
        {
          provide: TopicCheck,
          inject: [ProducerEngine, KafkaConfig, UndeliveredStore],
          useFactory: (engine: ProducerEngine, config: KafkaConfig, undelivered: UndeliveredStore) =>
            new TopicCheck(engine, config, topics, undelivered),
        },
        { provide: CaptureKafkaClient, inject: [KafkaConfig, Batcher, KafkaHealth, KafkaMetrics], useFactory: newClient },
        { provide: KAFKA_CLIENT, useExisting: CaptureKafkaClient },
        KafkaSink,
      ],
      exports: [KAFKA_CLIENT, CaptureKafkaClient, Batcher, KafkaHealth, KafkaSink],
    };
  }

  /** Before the first request: what an earlier process has left goes before it. */
  async onModuleInit(): Promise<void> {
    await this.store.open(this.batcher);
  }

  onApplicationBootstrap(): void {
    this.view.refresh();
    this.check.start();
    this.clocks.start();
  }

  /** Only here is the server closed and the last request answered: any hook before would refuse messages of requests under way. */
  async onApplicationShutdown(): Promise<void> {
    this.check.stop();
    this.clocks.stop();
    await this.batcher.close(this.flushLimitMs);
    await this.store.close();
    this.view.stop();
    await Promise.race([this.engine.close(), new Promise((done) => setTimeout(done, FAREWELL_MS).unref())]);
  }
}

/** The other engine's library is loaded only where it is asked for. */
async function newEngine(config: KafkaConfig): Promise<ProducerEngine> {
  if (config.producer === 'platformatic') return new PlatformaticEngine(config);
  const { KafkajsEngine } = await import('./engine/kafkajs-engine.js');
  return new KafkajsEngine(config);
}

function newClockWatch(engine: ProducerEngine, metrics: KafkaMetrics): ClockWatch {
  return new ClockWatch(engine, metrics);
}

function newTopicView(engine: ProducerEngine, config: KafkaConfig, health: KafkaHealth): TopicView {
  return new TopicView(engine, config.metadataMaxAgeMs, health);
}

function newSender(engine: ProducerEngine, clock: Clock, health: KafkaHealth, metrics: KafkaMetrics, config: KafkaConfig): LeaderSender {
  const settingsOf = topicSettings(config);
  return new LeaderSender(engine, clock, health, metrics, (topic) => settingsOf(topic).lane);
}

function newBatcher(
  config: KafkaConfig,
  clock: Clock,
  view: TopicView,
  sender: LeaderSender,
  store: UndeliveredStore,
  health: KafkaHealth,
  metrics: KafkaMetrics,
  clocks: ClockWatch,
  limits = new SharedLimits(),
): Batcher {
  const settingsOf = topicSettings(config);
  const options = {
    lingerMs: config.lingerMs,
    maxBytes: config.messageMaxBytes,
    maxBytesOf: (topic: string) => settingsOf(topic).maxBytes,
    deadlineMs: config.deliveryDeadlineMs,
    queueBytes: config.queueMib * 1024 * 1024,
    queueTally: limits.of('queue'),
    fillOf: fillOf(config),
  };
  const logger = new Logger('Kafka');
  const lost = new TroubleLog(logger, 'messages could not be delivered');
  const retimed = new TroubleLog(logger, 'messages are sent with another time than ours');
  const stored = new TroubleLog(logger, 'messages were stored instead of delivered');
  health.onChange((reachable) =>
    reachable
      ? logger.log('brokers are reachable')
      : logger.error(`no broker of KAFKA_HOSTS=${config.hosts.join(',')} answers; ${meanwhile(store)}`),
  );
  const named = (leader: number) => {
    const address = health.report().brokers.find(({ id }) => id === leader)?.address;
    return address === undefined ? String(leader) : `${leader} (${address})`;
  };
  const observer: BatcherObserver = {
    circuit: (leader, isOpen, error) =>
      isOpen ? logger.error(`broker ${named(leader)} does not answer: ${error}`) : logger.log(`broker ${named(leader)} answers again`),
    queueBytes: (bytes: number, limit: number) => metrics.queueBytes(bytes, limit),
    undelivered: (topic: string, messages: number, isStored: boolean, reason: string) => {
      metrics.undelivered(topic, messages, isStored);
      health.undelivered(messages);
      (isStored ? stored : lost).add(
        messages,
        `the last for ${topic}: ${reason === STORE_FIRST ? 'earlier ones wait there, and go first' : reason}`,
      );
    },
    badTime: (topic: string, messages: number, aheadMs: number | undefined) => {
      if (aheadMs !== undefined) clocks.refused(aheadMs);
      const gap =
        aheadMs === undefined ? 'by more than its broker takes' : `${(aheadMs / 1000).toFixed(0)} s ahead of what its broker takes`;
      retimed.add(messages, `the last for ${topic}: this machine’s clock, or the broker’s, is wrong (${gap})`);
    },
  };
  const batcher = new Batcher(options, clock, view, sender, store, observer);
  metrics.watchCircuits(() => batcher.circuits());
  return batcher;
}

/** Under pressure recordings stay out first, then what is old: live events have the whole queue. */
function fillOf({ replayTopic, replayOverflowTopic, historicalTopic, topic: main }: KafkaConfig): (topic: string) => number {
  const fill = new Map([
    [replayTopic, 0.8],
    [replayOverflowTopic, 0.8],
    [historicalTopic, 0.9],
    [main, 1],
  ]);
  return (topic) => fill.get(topic) ?? 1;
}

function newClient(config: KafkaConfig, batcher: Batcher, health: KafkaHealth, metrics: KafkaMetrics): CaptureKafkaClient {
  return new CaptureKafkaClient({ client: { brokers: [...config.hosts], clientId: config.clientId } }, batcher, health, metrics);
}
