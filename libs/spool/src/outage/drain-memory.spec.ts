import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import { drained, message, OutageStage, store } from './outage-stage.js';

const MIB = 1024 * 1024;

let stage: OutageStage;
beforeEach(() => void (stage = new OutageStage(new FaultyDisk())));
afterEach(() => stage.end());

describe('a drain’s memory', () => {
  it('is that of its chunk, whatever lies between the messages that it sends', async () => {
    const { way } = stage;
    way.topics = { events: 1, replay: 1, dlq: 1 };
    way.shut.add('events/0').add('replay/0');
    const spool = await stage.aSpool({ spoolFsync: false, spoolProjectShare: 1 });
    const recording = Buffer.alloc(256 * 1024, 1);
    for (let i = 0; i < 200; i++) {
      await spool.store('replay', 0, [message(recording, { topic: 'replay' })]);
      await spool.store('events', 0, [message(Buffer.alloc(700, 2))]);
    }
    // What the messages of a request keep in memory, each buffer once.
    let [sent, most] = [0, 0];
    const held: number[] = [];
    const values: number[] = [];
    way.onMessages = (messages) => {
      const buffers = new Set(messages.map(({ value }) => value!.buffer));
      held.push([...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0));
      values.push(messages.reduce((sum, { value }) => sum + value!.length, 0));
      sent += messages.length;
      most = Math.max(most, messages.length);
    };
    way.shut.delete('events/0');
    await expect.poll(() => sent, { timeout: 20_000 }).toBe(200);
    expect(most).toBeGreaterThan(20);
    expect(held).toEqual(values);
  });

  it('is bounded though no broker answers, however many partitions wait for one', async () => {
    const { way } = stage;
    way.topics = { events: 30, dlq: 1 };
    for (let partition = 0; partition < 30; partition++) way.silent.add(`events/${partition}`);
    for (let partition = 0; partition < 30; partition++) way.shut.add(`events/${partition}`);
    const spool = await stage.aSpool({ spoolFsync: false, spoolProjectShare: 1 });
    const value = 'x'.repeat(30 * 1024);
    for (let partition = 0; partition < 30; partition++) await store(spool, partition, new Array<string>(40).fill(value));
    let held = 0;
    const asked = new Set<number>();
    way.onMessages = (messages) => {
      held += messages.reduce((sum, one) => sum + one.value!.length, 0);
      asked.add(asked.size);
    };
    way.shut.clear();
    await expect.poll(() => asked.size, { timeout: 25_000 }).toBe(30);
    expect(held).toBeLessThan(6 * MIB + 30 * 3 * value.length);
    way.answer();
    await drained(spool);
    stage.expectBalance(spool);
  });
});
