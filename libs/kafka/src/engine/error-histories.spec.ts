import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SeededRandom, VirtualTime } from '@app/testing';
import type { Batcher } from '../batcher/batcher.js';
import { KafkaConfig } from '../kafka.config.js';
import { aBatcher } from '../testing/a-batcher.js';
import { MemoryStore } from '../testing/memory-store.js';
import { ModelCluster } from '../testing/model-cluster.js';
import { PlatformaticEngine } from './platformatic-engine.js';

/** How many histories, and the first seed: `ERROR_HISTORIES=1 ERROR_SEED=4711` plays one again. */
const HISTORIES = Number(process.env.ERROR_HISTORIES ?? 2000);
const FIRST_SEED = Number(process.env.ERROR_SEED ?? 1);

const TOPIC = 'events';
const STORM_MS = 3000;
/** Of Kafka 4.4 the least and the highest; beyond them is what a later release may add. */
const ALL_CODES = [...Array.from({ length: 138 }, (_, i) => i - 1), 999];
/** The only reasons for which a message that was acknowledged may leave its lane. */
const LISTED =
  /^(too_large|MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE|INVALID_RECORD|UNSUPPORTED_FOR_MESSAGE_FORMAT|UNSUPPORTED_COMPRESSION_TYPE)$/;

let time: VirtualTime | undefined;
const { stackTraceLimit } = Error;
beforeEach(() => {
  // Nobody reads the stacks of the thousands of errors that are meant to be.
  Error.stackTraceLimit = 0;
});
afterEach(() => {
  Error.stackTraceLimit = stackTraceLimit;
  time?.uninstall();
  vi.restoreAllMocks();
});

interface Fates {
  readonly order: string[];
  readonly delivered: Set<string>;
  readonly stored: Set<string>;
}

/** @returns what was promised and not kept, in words */
async function play(seed: number): Promise<{ broken: string[]; answers: number }> {
  const random = new SeededRandom(seed);
  time?.uninstall();
  time = new VirtualTime();
  time.install();
  // Jitter too: the same seed is the same history.
  vi.spyOn(Math, 'random').mockImplementation(() => random.next());
  const codes = Array.from({ length: 1 + random.int(4) }, () => random.pick(random.chance(0.3) ? [3, 6, 7, 19, 20, 45] : ALL_CODES));
  const cluster = new ModelCluster({ nodes: 1 + random.int(3), topics: { [TOPIC]: 2 }, random, time });
  cluster.codes = codes;
  cluster.isStormy = true;
  const settings = {
    hosts: ['127.0.0.1:0'],
    topic: TOPIC,
    lingerMs: 2,
    messageMaxBytes: 10_000,
    deliveryDeadlineMs: 300 + random.int(700),
  };
  const config = Object.assign(new KafkaConfig(), settings);
  const engine = new PlatformaticEngine(config, cluster.client());
  const store = new MemoryStore(random.chance(0.7), random);
  const { batcher } = aBatcher({ engine, config, clock: time, store, queueBytes: 1_000_000 });
  await store.open(batcher);
  const fates = { order: [], delivered: new Set<string>(), stored: new Set<string>() };
  for (let i = 0, at = 0; i < 24; i++) {
    const count = 1 + random.int(2);
    const values = Array.from({ length: count }, (_, j) => `${random.pick(['a', 'b', 'c', 'd'])} ${i}.${j}`);
    time.after((at += random.int(220)), () => {
      store.isFull = random.chance(0.4);
      void send(batcher, values, fates);
    });
  }
  await time.pass(STORM_MS);
  cluster.isStormy = false;
  store.isFull = false;
  await time.pass(300_000, () => store.waiting === 0 && batcher.queuedBytes === 0 && time!.monotonic() > STORM_MS + 1500);
  return { broken: verdict(cluster, store, fates), answers: cluster.answers };
}

async function send(batcher: Batcher, values: readonly string[], { order, delivered, stored }: Fates): Promise<void> {
  order.push(...values);
  const messages = values.map((value) => ({ topic: TOPIC, key: value[0], value: Buffer.from(value), headers: {} }));
  const { storedAt = [], failures } = await batcher.deliver(messages);
  const failed = new Set(failures.map(({ index }) => index));
  for (const [index, value] of values.entries()) {
    if (storedAt.includes(index)) stored.add(value);
    else if (!failed.has(index)) delivered.add(value);
  }
}

function verdict(cluster: ModelCluster, store: MemoryStore, { order, delivered, stored }: Fates): string[] {
  const broken = [...new Set(cluster.violations)];
  const dead = new Set(store.dead.map(({ value }) => value));
  const written = cluster.partitions.map(({ log }) => [...new Set(log)]);
  const all = new Set(written.flat());
  for (const value of delivered) if (!all.has(value)) broken.push(`"${value}" was acknowledged as kafka and is in no log`);
  for (const value of stored) if (!all.has(value) && !dead.has(value)) broken.push(`"${value}" was acknowledged as spool and is lost`);
  for (const { value, reason } of store.dead) if (!LISTED.test(reason)) broken.push(`"${value}" left its lane for ${reason}`);
  for (const log of written) {
    // What went to the dead letters is out of its lane: a lost copy of it may come at any time.
    const kept = log.filter((value) => (delivered.has(value) || stored.has(value)) && !dead.has(value));
    for (const key of 'abcd') {
      const seen = kept.filter((value) => value[0] === key);
      const sent = order.filter((value) => seen.includes(value));
      if (seen.join() !== sent.join()) broken.push(`key ${key} was sent as ${sent.join()} and is ${seen.join()}`);
    }
  }
  if (store.waiting > 0) broken.push(`${store.waiting} messages never left the store`);
  return broken;
}

describe('whatever brokers answer', () => {
  it(
    `keeps every promise in ${HISTORIES} histories`,
    async () => {
      let answers = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
        const result = await play(seed);
        answers += result.answers;
        expect(result.broken, `ERROR_SEED=${seed}`).toEqual([]);
      }
      expect(answers).toBeGreaterThan(HISTORIES * 5);
    },
    60_000 + HISTORIES * 100,
  );
});
