import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NodeDisk } from '../disk.js';
import { FaultyDisk } from '../faulty-disk.js';
import { readLog } from '../log-reader.js';
import type { FakeWay } from './fake-way.js';
import type { OutageSpool } from './outage-spool.js';
import { drained, message, numbered, OutageStage, store, type Counts } from './outage-stage.js';
import { discardParked, releaseParked } from './parked-messages.js';
import { decodeSpooled, type SpooledMessage } from './spooled-message.js';

const MIB = 1024 * 1024;

let stage: OutageStage;
let directory: string;
let disk: FaultyDisk;
let way: FakeWay;
let counts: Counts;

beforeEach(() => {
  stage = new OutageStage(new FaultyDisk());
  ({ directory, disk, way, counts } = stage);
});
afterEach(async () => {
  await stage.end();
  vi.useRealTimers();
});

const aSpool = (...args: Parameters<OutageStage['aSpool']>) => stage.aSpool(...args);
const close = (spool: OutageSpool) => stage.close(spool);
const expectBalance = (spool: OutageSpool) => stage.expectBalance(spool);

describe('OutageSpool: order', () => {
  it('sends back what it took, in the order it took it, as it was', async () => {
    const spool = await aSpool();
    const headers = { token: 'phc_a', many: ['a', Buffer.from([0xff])], none: undefined };
    const given = message('x', { key: Buffer.from([0, 255]), headers, timestamp: 7 });
    way.shut.add('events/0');
    await spool.store('events', 0, [given, message('tombstone', { value: null, key: null })]);
    await store(spool, 0, numbered(0, 50));
    expect(spool.holds('events', 0)).toBe('more');
    expect(spool.holds('events', 1)).toBe('nothing');
    way.shut.clear();
    await drained(spool);
    expect(way.values()).toEqual(['x', 'null', ...numbered(0, 50)]);
    expect(way.messages[0]).toEqual({ ...given, partition: undefined });
    expect(spool.holds('events', 0)).toBe('nothing');
    expectBalance(spool);
  });

  it('does not let a lost partition hold up another, and catches up with it in order', async () => {
    const spool = await aSpool();
    way.shut.add('events/0');
    for (let i = 0; i < 40; i++) await store(spool, i % 2, [String(i)]);
    await expect.poll(() => way.values('events/1').length, { timeout: 5000 }).toBe(20);
    expect(spool.holds('events', 0)).toBe('more');
    for (let i = 40; i < 50; i++) await store(spool, 0, [String(i)]);
    way.shut.clear();
    await drained(spool);
    const even = numbered(0, 40).filter((value) => Number(value) % 2 === 0);
    expect(way.values('events/0')).toEqual([...even, ...numbered(40, 50)]);
    expect(way.values('events/1')).toEqual(numbered(0, 40).filter((value) => Number(value) % 2 === 1));
    expectBalance(spool);
  });

  it('goes on without a batch that is not answered, and behind it once it is', async () => {
    const spool = await aSpool();
    way.silent.add('events/0');
    await store(spool, 0, numbered(0, 5));
    await store(spool, 1, ['other']);
    await expect.poll(() => way.values('events/1'), { timeout: 5000 }).toEqual(['other']);
    await store(spool, 0, numbered(5, 9));
    await store(spool, 1, ['another']);
    await expect.poll(() => way.values('events/1'), { timeout: 5000 }).toEqual(['other', 'another']);
    expect(way.values('events/0')).toEqual([]);
    way.answer();
    await drained(spool);
    expect(way.values('events/0')).toEqual(numbered(0, 9));
    expectBalance(spool);
  });

  it('places messages of an unknown topic by their keys once it is known, and nothing of the topic overtakes them', async () => {
    way.topics = {};
    const spool = await aSpool();
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await store(spool, undefined, [`${key}1`], { key });
    expect(spool.holds('events', 0)).toBe('more');
    expect(spool.holds('events', undefined)).toBe('more');
    expect(spool.holds('others', undefined)).toBe('nothing');
    for (const key of keys) await store(spool, undefined, [`${key}2`], { key });
    way.topics = { events: 2 };
    await drained(spool);
    for (const key of keys) {
      const lane = way.values('events/0').includes(`${key}1`) ? 'events/0' : 'events/1';
      expect(way.values(lane).filter((value) => value.startsWith(key))).toEqual([`${key}1`, `${key}2`]);
    }
    expect([...way.written.keys()].toSorted()).toEqual(['events/0', 'events/1']);
    expect(spool.holds('events', 0)).toBe('nothing');
  });

  it('lets new messages wait in the batcher when few are left, and releases them when the last is delivered', async () => {
    const spool = await aSpool();
    way.shut.add('events/0');
    await store(spool, 0, numbered(0, 2010));
    const seen: string[] = [];
    way.onBatch = () => seen.push(spool.holds('events', 0));
    way.shut.clear();
    await drained(spool);
    expect(seen).toEqual(['more', 'last']);
    expect(way.released).toEqual(['events/0']);
    expect(way.surrendered).toEqual([]);
  });

  it('calls in what waits in the batcher when the end of a drain does not work out', async () => {
    const spool = await aSpool();
    way.shut.add('events/0');
    await store(spool, 0, numbered(0, 2010));
    way.onBatch = () => void way.silent.add('events/0');
    way.shut.clear();
    await expect.poll(() => way.surrendered, { timeout: 5000 }).toEqual(['events/0']);
    expect(spool.holds('events', 0)).toBe('more');
  });
});

describe('OutageSpool: the end of a process', () => {
  it('leaves what it could not send to the next one, and sends nothing twice', async () => {
    const first = await aSpool();
    way.shut.add('events/0');
    await store(first, 1, numbered(0, 10));
    await store(first, 0, numbered(10, 20));
    await expect.poll(() => way.values('events/1').length).toBe(10);
    await close(first);
    way.shut.clear();
    const second = await aSpool();
    await drained(second);
    expect(way.values('events/0')).toEqual(numbered(10, 20));
    expect(way.values('events/1')).toEqual(numbered(0, 10));
    expect(counts.by.recovered).toBe(10);
  });

  it('keeps new messages behind those of the process before, from the first moment on', async () => {
    const first = await aSpool();
    way.shut.add('events/0');
    await store(first, 0, numbered(0, 10));
    await close(first);
    const second = await aSpool();
    expect(second.holds('events', 0)).toBe('more');
    await store(second, 0, numbered(10, 12));
    way.shut.clear();
    await drained(second);
    expect(way.values('events/0')).toEqual(numbered(0, 12));
  });

  it('sends again after a crash only what was on its way', async () => {
    const spool = await aSpool();
    way.shut.add('events/0');
    await store(spool, 0, numbered(0, 10));
    await store(spool, 1, numbered(10, 20));
    await expect.poll(() => stage.cursor(), { timeout: 10_000 }).toMatchObject({ next: 21, behind: [['events/0', 1]] });
    expect(way.values('events/1')).toEqual(numbered(10, 20));
    const copy = stage.copy();
    way.shut.clear();
    way.written.clear();
    await drained(await aSpool({ spoolDir: copy }));
    await drained(spool);
    expect(way.values('events/1')).toEqual([]);
    expect(way.values('events/0').toSorted()).toEqual([...numbered(0, 10), ...numbered(0, 10)].toSorted());
  });

  it('sends again after a crash what it still waited for an answer to', async () => {
    const spool = await aSpool();
    way.silent.add('events/0');
    await store(spool, 0, numbered(0, 5));
    // It goes on without the answer, and nothing more is written until that comes.
    await expect.poll(() => stage.cursor(), { timeout: 10_000 }).toMatchObject({ next: 6, behind: [['events/0', 1]] });
    const copy = stage.copy();
    way.silent.clear();
    await drained(await aSpool({ spoolDir: copy }));
    expect(way.values('events/0')).toEqual(numbered(0, 5));
  });

  it('numbers on when all segments are gone, so that new messages do not pass for drained ones', async () => {
    const first = await aSpool();
    await store(first, 0, numbered(0, 10));
    await drained(first);
    await close(first);
    expect(readdirSync(join(directory, 'slot-0')).filter((name) => name.endsWith('.seg'))).toEqual([]);
    const second = await aSpool();
    await store(second, 0, ['new']);
    await drained(second);
    expect(way.values()).toEqual([...numbered(0, 10), 'new']);
  });

  it('drains everything again, rather than nothing, when its cursor cannot be read', async () => {
    const first = await aSpool();
    way.shut.add('events/0');
    await store(first, 0, numbered(0, 10));
    await close(first);
    writeFileSync(join(directory, 'slot-0', 'cursor.json'), '{"version":1,"next":9');
    way.shut.clear();
    await drained(await aSpool());
    expect(way.values()).toEqual(numbered(0, 10));
  });

  it('gives each process a slot, and drains that of a dead one', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const [first, second] = [await aSpool(), await aSpool()];
    expect(readdirSync(directory)).toEqual(['slot-0', 'slot-1']);
    way.shut.add('events/0');
    await store(first, 0, numbered(0, 10));
    await close(first);
    expect(second.holds('events', 0)).toBe('nothing');
    await vi.advanceTimersByTimeAsync(15_000);
    await expect.poll(() => second.figures().events).toBe(10);
    await store(second, 0, ['new']);
    way.shut.clear();
    await drained(second);
    expect(way.values()).toEqual([...numbered(0, 10), 'new']);
  });
});

describe('OutageSpool: poison', () => {
  const REFUSED = { kind: 'undelivered', reason: 'INVALID_RECORD', ambiguous: false, final: true } as const;

  it('goes to the dead-letter topic with its reason, and holds up nobody', async () => {
    const spool = await aSpool();
    way.refuse = ({ topic, value }) => (topic === 'events' && String(value) === '1' ? REFUSED : undefined);
    await store(spool, 0, numbered(0, 3));
    await drained(spool);
    expect(way.values('events/0')).toEqual(['0', '2']);
    expect(way.values('dlq/0')).toEqual(['1']);
    const { headers } = way.messages.find(({ topic }) => topic === 'dlq')!;
    expect(headers).toMatchObject({ token: 'phc_a', dlq_reason: 'INVALID_RECORD', dlq_step: 'spool', dlq_topic: 'events' });
    expect(headers.dlq_timestamp).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(counts.by).toMatchObject({ drained: 2, dead: 1 });
    expectBalance(spool);
  });

  it('waits for a dead-letter topic that is away, alone', async () => {
    const spool = await aSpool();
    way.shut.add('dlq/0');
    way.refuse = ({ topic, value }) => (topic === 'events' && String(value) === '0' ? REFUSED : undefined);
    await store(spool, 0, numbered(0, 3));
    await expect.poll(() => way.values('events/0')).toEqual(['1', '2']);
    expect(spool.figures().events).toBe(1);
    way.shut.clear();
    await drained(spool);
    expectBalance(spool);
  });

  it('is parked, as it was, when the dead-letter topic refuses it as well, and stays so over a restart', async () => {
    const spool = await aSpool();
    way.refuse = ({ value }) => (String(value) === '1' ? REFUSED : undefined);
    await store(spool, 0, numbered(0, 3));
    await drained(spool);
    expect(counts.by).toMatchObject({ drained: 2, parked: 1 });
    expect(counts.by.dropped).toBeUndefined();
    expectBalance(spool);
    expect(spool.detail()).toMatchObject({ events: 0, parked: 1 });
    expect(await parkedOnDisk()).toEqual([
      { message: { ...message('1'), timestamp: undefined }, partition: undefined, isDead: false, parkedFor: 'INVALID_RECORD' },
    ]);
    await close(spool);
    const second = await aSpool();
    await expect.poll(() => second.detail(), { timeout: 5000 }).toMatchObject({ events: 0, parked: 1 });
  });

  it('waits where it is while it cannot be parked', async () => {
    const spool = await aSpool();
    way.refuse = ({ value }) => (String(value) === '1' ? REFUSED : undefined);
    writeFileSync(join(directory, 'slot-0', 'parked'), 'not a directory');
    await store(spool, 0, numbered(0, 3));
    await expect.poll(() => spool.figures().events, { timeout: 5000 }).toBe(1);
    expect(way.values('events/0')).toEqual(['0', '2']);
    expectBalance(spool);
    rmSync(join(directory, 'slot-0', 'parked'));
    await drained(spool);
    expect(counts.by).toMatchObject({ drained: 2, parked: 1 });
    expectBalance(spool);
  });

  it('is not what a message is that is refused for now', async () => {
    const spool = await aSpool();
    let isFull = true;
    let asked = 0;
    way.refuse = () => (isFull && asked++ >= 0 ? { ...REFUSED, reason: 'QUEUE_FULL', final: false } : undefined);
    await store(spool, 0, numbered(0, 3));
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(0);
    isFull = false;
    await drained(spool);
    expect(way.values()).toEqual(numbered(0, 3));
    expect(counts.by.dead).toBeUndefined();
  });
});

describe('OutageSpool: a message refused alone, for a reason of nobody’s list', () => {
  const ALONE = { kind: 'undelivered', reason: 'UNKNOWN_SERVER_ERROR', ambiguous: true, final: false, alone: true } as const;
  const keyed = (spool: OutageSpool, values: readonly string[]) =>
    spool.store(
      'events',
      0,
      values.map((value) => message(value, { key: value[0] })),
    );

  it('is parked once its partition has taken another and refuses it still; the others go on in order', async () => {
    const spool = await aSpool();
    way.refuse = ({ value }) => (String(value) === 'a1' ? ALONE : undefined);
    await keyed(spool, ['b0', 'a0', 'a1', 'a2', 'b1', 'b2']);
    await drained(spool);
    expect(counts.by).toMatchObject({ spooled: 6, drained: 5, parked: 1 });
    expectBalance(spool);
    const firsts = [...new Set(way.values('events/0'))];
    expect(firsts.filter((value) => value.startsWith('a'))).toEqual(['a0', 'a2']);
    expect(firsts.filter((value) => value.startsWith('b'))).toEqual(['b0', 'b1', 'b2']);
    expect((await parkedOnDisk()).map(({ parkedFor }) => parkedFor)).toEqual(['UNKNOWN_SERVER_ERROR']);
  });

  it('stays in its place while its partition takes nothing else either, and goes once it takes again', async () => {
    const spool = await aSpool();
    let isIll = true;
    let asked = 0;
    way.refuse = () => (isIll && asked++ >= 0 ? ALONE : undefined);
    await keyed(spool, ['a0', 'b0', 'a1']);
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(8);
    expect(counts.by.parked).toBeUndefined();
    isIll = false;
    await drained(spool);
    expect(way.values('events/0')).toEqual(['a0', 'b0', 'a1']);
    expectBalance(spool);
  });

  it('stays in its place while there is no message of another key to try its partition with', async () => {
    const spool = await aSpool();
    let isIll = true;
    let asked = 0;
    way.refuse = ({ value }) => (isIll && String(value) === 'a0' && asked++ >= 0 ? ALONE : undefined);
    await keyed(spool, ['a0']);
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(3);
    await keyed(spool, ['a1']);
    expect(counts.by.parked).toBeUndefined();
    isIll = false;
    await drained(spool);
    expect(way.values('events/0')).toEqual(['a0', 'a1']);
  });

  it('is tried against a message of a later slot, where it is the last one of its own', async () => {
    const [first, second] = [await aSpool(), await aSpool()];
    way.shut.add('events/0');
    await keyed(first, ['a0']);
    await keyed(second, ['a1', 'b0', 'b1']);
    for (const spool of [first, second]) await close(spool);
    counts.reset();
    way.refuse = ({ value }) => (String(value) === 'a0' ? ALONE : undefined);
    way.shut.clear();
    const third = await aSpool();
    await drained(third);
    expect(counts.by).toMatchObject({ recovered: 4, drained: 3, parked: 1 });
    const firsts = [...new Set(way.values('events/0'))];
    expect(firsts.filter((value) => value.startsWith('b'))).toEqual(['b0', 'b1']);
    expectBalance(third);
  });

  it('is tried against none of a later slot before one of that key in its own', async () => {
    const [first, second] = [await aSpool(), await aSpool()];
    way.shut.add('events/0');
    const many = Array.from({ length: 40 }, (_, i) => `a${i}`);
    await keyed(first, [...many, 'b0']);
    await keyed(second, ['b1', 'a40']);
    for (const spool of [first, second]) await close(spool);
    way.refuse = ({ value }) => (String(value) === 'a0' ? ALONE : undefined);
    way.probes.add('events/0');
    way.shut.clear();
    const third = await aSpool();
    await expect.poll(() => counts.by.parked, { timeout: 10_000 }).toBe(1);
    way.probes.clear();
    await drained(third);
    const firsts = [...new Set(way.values('events/0'))];
    expect(firsts.filter((value) => value.startsWith('a'))).toEqual([...many.slice(1), 'a40']);
    expect(firsts.filter((value) => value.startsWith('b'))).toEqual(['b0', 'b1']);
  });

  it('is tried against one of a later slot where its own has only its key', async () => {
    const [first, second] = [await aSpool(), await aSpool()];
    way.shut.add('events/0');
    await keyed(first, ['a0', 'a1']);
    await keyed(second, ['b0']);
    for (const spool of [first, second]) await close(spool);
    way.refuse = ({ value }) => (String(value) === 'a0' ? ALONE : undefined);
    way.shut.clear();
    const third = await aSpool();
    await drained(third);
    expect(counts.by.parked).toBe(1);
    expect([...new Set(way.values('events/0'))].toSorted()).toEqual(['a1', 'b0']);
  });

  it('is never overtaken by one of its key, not even to try its partition', async () => {
    const spool = await aSpool();
    let asked = 0;
    way.refuse = ({ value }) => (String(value) === 'a0' && asked++ === 0 ? ALONE : undefined);
    await keyed(spool, ['a0', 'a1', 'b0']);
    await drained(spool);
    expect([...new Set(way.values('events/0'))].filter((value) => value.startsWith('a'))).toEqual(['a0', 'a1']);
    expect(counts.by.parked).toBeUndefined();
    expectBalance(spool);
  });

  it('is tried against a message far behind, when little of its lane may be sent', async () => {
    const spool = await aSpool();
    way.probes.add('events/0');
    way.refuse = ({ value }) => (String(value) === 'a0' ? ALONE : undefined);
    await keyed(spool, [...Array.from({ length: 40 }, (_, i) => `a${i}`), 'b0']);
    await expect.poll(() => counts.by.parked, { timeout: 10_000 }).toBe(1);
    way.probes.clear();
    await drained(spool);
    expect([...new Set(way.values('events/0'))].filter((value) => value.startsWith('a'))).toEqual(
      Array.from({ length: 39 }, (_, i) => `a${i + 1}`),
    );
    expectBalance(spool);
  });
});

describe('OutageSpool: parked messages', () => {
  const REFUSED = { kind: 'undelivered', reason: 'INVALID_RECORD', ambiguous: false, final: true } as const;

  async function withThreeParked(): Promise<OutageSpool> {
    const spool = await aSpool();
    way.refuse = ({ value }) => (['1', '2', '3'].includes(String(value)) ? REFUSED : undefined);
    await store(spool, 0, numbered(0, 5));
    await drained(spool);
    expect(spool.detail().parked).toBe(3);
    return spool;
  }

  it('are released by hand, beside the process that parked them', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const spool = await withThreeParked();
    const helper = await aSpool();
    way.refuse = () => undefined;
    await untilUnlocked(() => releaseParked(directory, (topic, partition, messages) => helper.store(topic, partition, messages)), 3);
    await drained(helper);
    expect([...way.written.values()].flat().toSorted()).toEqual(numbered(0, 5));
    expect(await parkedOnDisk()).toEqual([]);
    await vi.advanceTimersByTimeAsync(15_000);
    await expect.poll(() => spool.detail().parked, { timeout: 5000 }).toBe(0);
    expectBalance(spool);
  });

  it('are kept, all of them, when the spool has no room for them', async () => {
    await withThreeParked();
    await untilUnlocked(async () => {
      await expect(releaseParked(directory, () => Promise.resolve(new Map([[0, 'full']])))).rejects.toThrow('full');
      return 3;
    }, 3);
    expect(await parkedOnDisk()).toHaveLength(3);
  });

  it('are discarded by hand', async () => {
    await withThreeParked();
    await untilUnlocked(() => discardParked(directory), 3);
    expect(await parkedOnDisk()).toEqual([]);
  });
});

/** The folder is locked for a moment after something was parked. */
async function untilUnlocked(work: () => Promise<number>, expected: number): Promise<void> {
  await expect
    .poll(() => work().catch((error: Error) => ('code' in error && error.code === 'locked' ? 'locked' : Promise.reject(error))), {
      timeout: 5000,
      interval: 200,
    })
    .toBe(expected);
}

async function parkedOnDisk(): Promise<SpooledMessage[]> {
  const parked: SpooledMessage[] = [];
  for await (const { payload } of readLog(new NodeDisk(), join(directory, 'slot-0', 'parked'))) parked.push(decodeSpooled(payload));
  return parked;
}

describe('OutageSpool: bounds', () => {
  const big = (topic: string, token: string) => message('x'.repeat(MIB / 4), { topic, headers: { token } });

  async function fill(spool: OutageSpool, topic: string, token: (i: number) => string): Promise<number> {
    for (let i = 0; i < 100; i++) {
      const refusals = await spool.store(topic, 0, [big(topic, token(i))]);
      if (refusals.size > 0) return i / 4;
    }
    return Infinity;
  }

  it('sheds replay first, then historical, then everything, each with its cause', async () => {
    const spool = await aSpool({ spoolMaxBytes: 16 * MIB, spoolProjectShare: 1 });
    way.topics = {};
    const anybody = (i: number) => `phc_${i}`;
    expect(await fill(spool, 'replay', anybody)).toBeCloseTo(12.75, 0);
    expect(await fill(spool, 'old', anybody)).toBeCloseTo(1.5, 0);
    expect(await fill(spool, 'events', anybody)).toBeCloseTo(1.5, 0);
    expect(counts.by).toMatchObject({ shed_replay: 1, shed_historical: 1, full: 1 });
    expect(spool.figures().bytes).toBeLessThanOrEqual(16 * MIB);
  });

  it('takes no more than its share from one project, and has room for the others', async () => {
    const spool = await aSpool({ spoolMaxBytes: 16 * MIB, spoolProjectShare: 0.25 });
    way.topics = {};
    expect(await fill(spool, 'events', () => 'phc_noisy')).toBeCloseTo(3.75, 0);
    expect(counts.by).toMatchObject({ project_share: 1 });
    expect((await spool.store('events', 0, [big('events', 'phc_quiet')])).size).toBe(0);
  });

  it('has room again when messages are drained', async () => {
    const spool = await aSpool({ spoolMaxBytes: 16 * MIB, spoolProjectShare: 0.5 });
    way.topics = {};
    await fill(spool, 'events', () => 'phc_a');
    way.topics = { events: 1 };
    await drained(spool);
    await expect.poll(() => spool.figures().bytes).toBe(0);
    expect((await spool.store('events', 0, [big('events', 'phc_a')])).size).toBe(0);
  });

  it('gives up what is older than its limit, and counts it, also while nothing can be sent', async () => {
    const clock = new ManualClock();
    const spool = await aSpool({ spoolMaxAgeHours: 1 }, clock);
    way.shut.add('events/0').add('events/1');
    await store(spool, 0, numbered(0, 5));
    // The drain has come by, and left them where they are.
    let looks = 0;
    way.onAccepts = () => void looks++;
    await expect.poll(() => looks, { timeout: 10_000 }).toBeGreaterThan(1);
    clock.advance(2 * 3_600_000);
    await store(spool, 0, ['young']);
    await expect.poll(() => counts.by.expired, { timeout: 5000 }).toBe(5);
    way.shut.clear();
    await drained(spool);
    expect(way.values()).toEqual(['young']);
    expectBalance(spool);
  });
});

describe('OutageSpool: age', () => {
  it('does not give up what is on its way, however old: the broker may have it', async () => {
    const clock = new ManualClock();
    const spool = await aSpool({ spoolMaxAgeHours: 1 }, clock);
    way.silent.add('events/0');
    way.shut.add('events/1');
    await store(spool, 0, numbered(0, 5));
    await expect.poll(() => stage.cursor(), { timeout: 10_000 }).toMatchObject({ next: 6, behind: [['events/0', 1]] });
    await store(spool, 1, ['old']);
    clock.advance(2 * 3_600_000);
    // Another one is given up, so the drain has looked.
    await expect.poll(() => counts.by.expired, { timeout: 10_000 }).toBe(1);
    way.answer();
    await drained(spool);
    expect(counts.by).toMatchObject({ spooled: 6, drained: 5, expired: 1 });
    expectBalance(spool);
    expect(way.values('events/0')).toEqual(numbered(0, 5));
  });
});

describe('OutageSpool: disk', () => {
  it('refuses while the disk is full, and takes again when there is room, in the same process', async () => {
    const spool = await aSpool();
    way.shut.add('events/0');
    await store(spool, 0, ['before']);
    disk.failWrites('ENOSPC');
    expect([...(await store(spool, 0, ['during'])).values()]).toEqual(['disk_error']);
    expect(spool.detail().lastError).toContain('ENOSPC');
    disk.heal();
    expect((await store(spool, 0, ['after'])).size).toBe(0);
    way.shut.clear();
    await drained(spool);
    expect(way.values()).toEqual(['before', 'after']);
    expectBalance(spool);
  });

  it('gives a project its share back when it could not store', async () => {
    const spool = await aSpool({ spoolMaxBytes: 16 * MIB, spoolProjectShare: 0.1 });
    way.shut.add('events/0');
    const large = 'x'.repeat(MIB);
    disk.failWrites('EIO');
    for (let i = 0; i < 4; i++) expect([...(await store(spool, 0, [large])).values()]).toEqual(['disk_error']);
    disk.heal();
    expect((await store(spool, 0, [large])).size).toBe(0);
    expect([...(await store(spool, 0, [large])).values()]).toEqual(['project_share']);
  });

  it('does not hold a partition for messages that it could not store', async () => {
    const spool = await aSpool();
    disk.failWrites('EIO');
    await store(spool, 0, ['lost']);
    expect(spool.holds('events', 0)).toBe('nothing');
  });

  it('refuses when the disk takes too long, and no request hangs', async () => {
    const spool = await aSpool({ spoolStoreDeadlineMs: 100 });
    const letGo = disk.holdSync();
    expect([...(await store(spool, 0, ['slow'])).values()]).toEqual(['disk_slow']);
    letGo();
    await drained(spool);
    expect(way.values()).toEqual(['slow']);
    expectBalance(spool);
  });

  it('closes although how far it came cannot be saved any more: copies, no shutdown that hangs', async () => {
    const spool = await aSpool();
    await store(spool, 0, numbered(0, 3));
    await drained(spool);
    await expect.poll(() => readdirSync(join(directory, 'slot-0')), { timeout: 5000 }).toContain('cursor.json');
    way.silent.add('events/0');
    let isSent = false;
    way.onMessages = () => void (isSent = true);
    await store(spool, 0, ['late']);
    await expect.poll(() => isSent, { timeout: 10_000 }).toBe(true);
    rmSync(directory, { recursive: true });
    way.answer();
    await close(spool);
  });

  it('works without a directory that cannot be used, says why, and opens it once it can be', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const blocked = join(directory, 'file');
    writeFileSync(blocked, '');
    const spool = await aSpool({ spoolDir: join(blocked, 'spool') });
    expect(spool.enabled).toBe(false);
    expect(spool.detail()).toMatchObject({ isOpen: false, lastError: expect.stringContaining('ENOTDIR') });
    rmSync(blocked);
    await vi.advanceTimersByTimeAsync(15_000);
    await expect.poll(() => spool.enabled).toBe(true);
    expect(spool.detail().lastError).toBeUndefined();
  });

  it('names its medium in what it promises', async () => {
    expect((await aSpool()).ack).toBe('spool');
    expect((await aSpool({ spoolMedium: 'ephemeral' })).ack).toBe('spool-ephemeral');
    const off = await aSpool({ spoolMedium: 'off' });
    expect(off.enabled).toBe(false);
  });

  it('skips what is damaged, drains the rest, and puts the file aside', async () => {
    const first = await aSpool();
    way.shut.add('events/0');
    await store(first, 0, numbered(0, 20));
    await close(first);
    const slot = join(directory, 'slot-0');
    const segment = join(
      slot,
      readdirSync(slot).find((name) => name.endsWith('.seg'))!,
    );
    const bytes = readFileSync(segment);
    bytes[bytes.indexOf('{"topic"') + 30] ^= 1;
    writeFileSync(segment, bytes);
    way.shut.clear();
    counts.reset();
    const second = await aSpool();
    await drained(second);
    expect(way.values()).toEqual(numbered(1, 20));
    expect(counts.by).toMatchObject({ recovered: 20, drained: 19, dropped: 1 });
    expectBalance(second);
    await close(second);
    expect(readdirSync(slot).filter((name) => name.endsWith('.damaged'))).toHaveLength(1);
  });

  it('reads what the first release of the format wrote: upgrades and rollbacks lose nothing', async () => {
    cpSync(join(import.meta.dirname, '../../fixtures/format-1'), join(directory, 'slot-0'), { recursive: true });
    const spool = await aSpool();
    await drained(spool);
    // Its cursor says that the first of four is drained.
    expect([...way.written.values()].flat().toSorted()).toEqual(['dead', 'fünfter', 'null']);
    expect(way.messages.find(({ value }) => value === null)).toMatchObject({ key: null, headers: { token: 'phc_a' } });
    expect(counts.by).toMatchObject({ recovered: 3, drained: 3 });
  });

  it('leaves alone what a newer release wrote', async () => {
    const first = await aSpool();
    way.shut.add('events/0');
    await store(first, 0, ['newer']);
    await close(first);
    const slot = join(directory, 'slot-0');
    const segment = join(
      slot,
      readdirSync(slot).find((name) => name.endsWith('.seg'))!,
    );
    const newer = withVersion(readFileSync(segment), 2);
    writeFileSync(segment, newer);
    way.shut.clear();
    const second = await aSpool();
    await store(second, 0, ['ours']);
    await drained(second);
    await close(second);
    expect(way.values()).toEqual(['ours']);
    expect(readFileSync(segment)).toEqual(newer);
  });
});

function withVersion(segment: Buffer, version: number): Buffer {
  const bytes = Buffer.from(segment);
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 36)), 36);
  return bytes;
}
