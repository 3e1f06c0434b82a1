import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Global, Logger, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Clock, SystemClock } from '@app/event';
import { Batcher, KafkaConfig, KafkaModule, ProducerEngine } from '@app/kafka';
import { OutageSpool, OutageSpoolModule, SpoolConfig } from '@app/spool';
import { SeededRandom } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StormyEngine } from './stormy-engine.js';

const TOPIC = 'events';
const KEYS = 40;
let directory: string;
let app: TestingModule | undefined;

beforeEach(async () => {
  Logger.overrideLogger(false);
  directory = await mkdtemp(join(tmpdir(), 'inlet-storm-'));
});
afterEach(async () => {
  await app?.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(engine: StormyEngine): Promise<{ batcher: Batcher; spool: OutageSpool }> {
  const kafka = Object.assign(new KafkaConfig(), { hosts: ['none:1'], topic: TOPIC, deliveryDeadlineMs: 300 });
  const spool = Object.assign(new SpoolConfig(), { spoolDir: directory, spoolFsync: false });
  @Global()
  @Module({
    providers: [
      { provide: KafkaConfig, useValue: kafka },
      { provide: SpoolConfig, useValue: spool },
      { provide: Clock, useClass: SystemClock },
    ],
    exports: [KafkaConfig, SpoolConfig, Clock],
  })
  class Surroundings {}
  const room = KafkaModule.forRoot({ store: OutageSpool, imports: [OutageSpoolModule] });
  app = await Test.createTestingModule({ imports: [Surroundings, room, OutageSpoolModule] })
    .overrideProvider(ProducerEngine)
    .useValue(engine)
    .compile();
  await app.init();
  return { batcher: app.get(Batcher), spool: app.get(OutageSpool) };
}

/** Each key's messages one after the other, without waiting for answers: the batcher's order is what counts. */
async function send(batcher: Batcher, from: number, count: number, accepted: string[], perTurn: () => void): Promise<void> {
  const sending: Promise<void>[] = [];
  for (let i = from; i < from + count; i++) {
    const key = `key-${i % KEYS}`;
    const value = `${key} ${i}`;
    const sent = batcher.deliver([{ topic: TOPIC, key, value: Buffer.from(value), headers: {} }]);
    sending.push(sent.then(({ failures }) => void (failures.length === 0 && accepted.push(value))));
    if (i % 10 === 0) await sleep(3);
    if (i % 60 === 0) perTurn();
  }
  await Promise.all(sending);
}

function expectOrder(written: readonly string[][]): void {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  for (const value of written.flat()) {
    // A copy may come at any time, and keeps its uuid.
    if (seen.has(value)) continue;
    seen.add(value);
    const [key, number] = value.split(' ');
    expect(Number(number), `${key} is out of order`).toBeGreaterThan(last.get(key) ?? -1);
    last.set(key, Number(number));
  }
}

describe('brokers in changing weather', () => {
  it.each([1, 2, 3, 4])('get everything that was accepted, each key in its order, also over a restart (seed %i)', async (seed) => {
    const random = new SeededRandom(seed);
    const engine = new StormyEngine(TOPIC, random);
    const accepted: string[] = [];
    const first = await start(engine);
    await send(first.batcher, 0, 3000, accepted, () => engine.turn());
    expect(engine.mostInFlight).toBe(1);
    await app!.close();

    const second = await start(engine);
    await send(second.batcher, 3000, 2000, accepted, () => engine.turn());
    engine.clear();
    await expect.poll(() => second.spool.detail(), { timeout: 15_000 }).toMatchObject({ events: 0, counting: false });
    await sleep(400);

    const written = new Set(engine.written.flat());
    expect(accepted.filter((value) => !written.has(value))).toEqual([]);
    expectOrder(engine.written);
    expect(accepted).toHaveLength(5000);
    // Once all is drained, nothing goes by way of the spool any more.
    expect(await second.batcher.deliver([{ topic: TOPIC, key: 'key', value: Buffer.from('key 9'), headers: {} }])).toMatchObject({
      delivered: 1,
    });
  });
});
