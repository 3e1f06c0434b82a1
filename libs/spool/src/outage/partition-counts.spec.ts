import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import { drained, message, numbered, OutageStage, store } from './outage-stage.js';
import type { OutageSpool } from './outage-spool.js';
import { partitionFor } from './partition-for.js';

let stage: OutageStage;
beforeEach(() => void (stage = new OutageStage(new FaultyDisk())));
afterEach(() => stage.end());

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
/** Messages that come before anybody knows the topic's partitions. */
const storeUnplaced = (spool: OutageSpool, round: number) =>
  spool.store(
    'events',
    undefined,
    KEYS.map((key) => message(`${round}-${key}`, { key })),
  );
const laneOfValue = (value: string) => [...stage.way.written].find(([, values]) => values.includes(value))?.[0];

describe('a topic whose partitions change', () => {
  it('from two to eight: what is stored afterwards goes where new messages of its key go', async () => {
    const { way } = stage;
    way.topics = {};
    const first = await stage.aSpool();
    await storeUnplaced(first, 1);
    way.topics = { events: 2, dlq: 1 };
    await drained(first);
    await stage.close(first);
    expect(stage.cursor()!.partitions).toEqual([]);
    way.topics = {};
    const second = await stage.aSpool();
    await storeUnplaced(second, 2);
    way.topics = { events: 8, dlq: 1 };
    await drained(second);
    for (const key of KEYS) expect(laneOfValue(`1-${key}`)).toBe(`events/${partitionFor(key, 2, 0)}`);
    for (const key of KEYS) expect(laneOfValue(`2-${key}`)).toBe(`events/${partitionFor(key, 8, 0)}`);
  });

  it('from two to eight while some of it waits: a key stays where its first messages went until all of them are gone', async () => {
    const { way } = stage;
    way.topics = {};
    const spool = await stage.aSpool();
    await storeUnplaced(spool, 1);
    way.shut.add('events/0');
    way.topics = { events: 2, dlq: 1 };
    await expect.poll(() => stage.cursor()?.partitions, { timeout: 10_000 }).toEqual([['events', 2]]);
    way.topics = { events: 8, dlq: 1 };
    await storeUnplaced(spool, 2);
    way.shut.clear();
    await drained(spool);
    for (const round of [1, 2]) for (const key of KEYS) expect(laneOfValue(`${round}-${key}`)).toBe(`events/${partitionFor(key, 2, 0)}`);
    await storeUnplaced(spool, 3);
    await drained(spool);
    for (const key of KEYS) expect(laneOfValue(`3-${key}`)).toBe(`events/${partitionFor(key, 8, 0)}`);
  });

  it('a count that an older release remembered for ever is forgotten when nothing waits that was placed by it', async () => {
    const { way } = stage;
    way.topics = {};
    const first = await stage.aSpool();
    await storeUnplaced(first, 1);
    way.topics = { events: 2, dlq: 1 };
    await drained(first);
    await stage.close(first);
    stage.setCursor({ ...stage.cursor()!, partitions: [['events', 2]] });
    way.topics = {};
    const second = await stage.aSpool();
    await storeUnplaced(second, 2);
    way.topics = { events: 8, dlq: 1 };
    await drained(second);
    for (const key of KEYS) expect(laneOfValue(`2-${key}`)).toBe(`events/${partitionFor(key, 8, 0)}`);
  });

  it('from four to two: what was meant for those that are gone goes to those that are there, in its order', async () => {
    const { way } = stage;
    way.topics = { events: 4, dlq: 1 };
    for (let partition = 0; partition < 4; partition++) way.shut.add(`events/${partition}`);
    const spool = await stage.aSpool();
    for (let partition = 0; partition < 4; partition++) await store(spool, partition, numbered(partition * 10, partition * 10 + 5));
    way.topics = { events: 2, dlq: 1 };
    way.shut.clear();
    await drained(spool);
    const written = [...way.values('events/0'), ...way.values('events/1')];
    expect(written.toSorted()).toEqual([0, 10, 20, 30].flatMap((from) => numbered(from, from + 5)).toSorted());
    for (const from of [0, 10, 20, 30]) {
      const ofOne = numbered(from, from + 5);
      expect(way.values(`events/${(from / 10) % 2}`).filter((value) => ofOne.includes(value))).toEqual(ofOne);
    }
    expect(spool.holds('events', 0)).toBe('nothing');
  });
});
