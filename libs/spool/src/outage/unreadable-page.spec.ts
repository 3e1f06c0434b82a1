import { mkdirSync, renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DiskFile } from '../disk.js';
import { FaultyDisk } from '../faulty-disk.js';
import { drained, numbered, OutageStage, store } from './outage-stage.js';

/** Gives no page of a file from `from` to `to`, as a disk with bad sectors, or not even that it can be written to. */
class BadDisk extends FaultyDisk {
  readonly bad: { file: string; from: number; to: number }[] = [];
  reads = 0;
  readonly #reads: string[] = [];
  isDead = false;

  override async openForReading(path: string): Promise<DiskFile> {
    const file = await super.openForReading(path);
    return {
      write: (bytes, position) => file.write(bytes, position),
      sync: () => file.sync(),
      stat: () => file.stat(),
      close: () => file.close(),
      read: (target, position) => {
        this.reads++;
        this.#reads.push(path);
        const end = position + target.length;
        const isBad = this.bad.some((one) => path.endsWith(one.file) && one.from < end && one.to > position);
        return isBad ? Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })) : file.read(target, position);
      },
    };
  }

  override async create(path: string): Promise<DiskFile> {
    if (this.isDead) throw Object.assign(new Error('EIO: i/o error, open'), { code: 'EIO' });
    return super.create(path);
  }

  readsOf(part: string): number {
    return this.#reads.filter((path) => path.includes(part)).length;
  }

  spoilPage(path: string, offset: number): void {
    const from = offset - (offset % 4096);
    this.bad.push({ file: basename(path), from, to: from + 4096 });
  }

  spoilAll(path: string): void {
    this.bad.push({ file: basename(path), from: 0, to: Infinity });
  }
}

let stage: OutageStage<BadDisk>;
let clock: ManualClock;
beforeEach(() => {
  stage = new OutageStage(new BadDisk());
  clock = new ManualClock();
});
afterEach(async () => {
  await stage.end();
  vi.useRealTimers();
});

const FILLER = 'x'.repeat(500);
const filled = (from: number, to: number) => numbered(from, to).map((number) => `${number} ${FILLER}`);
const numbers = () => stage.way.values().map((value) => Number(value.split(' ')[0]));

/** Three segments of 100 messages each, all of one key. */
async function threeSegments(): Promise<string[]> {
  stage.way.shut.add('events/0');
  for (let i = 0; i < 3; i++) {
    const spool = await stage.aSpool({}, clock);
    await store(spool, 0, filled(i * 100, i * 100 + 100));
    await stage.close(spool);
  }
  stage.counts.reset();
  return stage.files();
}

describe('a page of the spool that the disk does not give', () => {
  it('costs what is on it and nothing else: the others go on in order, and the ledger says how many are missing', async () => {
    const [, second] = await threeSegments();
    stage.disk.spoilPage(second, 20_000);
    const spool = await stage.aSpool({}, clock);
    stage.way.shut.clear();
    await expect.poll(() => numbers().length, { timeout: 10_000 }).toBeGreaterThan(100);
    // It may come back, and what is behind it must not overtake it.
    expect(Math.max(...numbers())).toBeLessThan(150);
    await expect.poll(() => spool.detail().lastError).toMatch(/\.seg: EIO/);
    expect(stage.counts.by.dropped).toBeUndefined();
    clock.advance(31_000);
    await drained(spool);
    const missing = 300 - numbers().length;
    expect(missing).toBeGreaterThan(0);
    // A page holds seven of them whole, and two in part.
    expect(missing).toBeLessThanOrEqual(9);
    expect(numbers()).toEqual([...numbers()].toSorted((a, b) => a - b));
    expect(stage.counts.by).toMatchObject({ recovered: 300, drained: 300 - missing, dropped: missing });
    stage.expectBalance(spool);
    await expect.poll(() => stage.files('.seg')).toEqual([]);
    expect(stage.files('.damaged').map((path) => basename(path))).toEqual([`${basename(second)}.damaged`]);
    await expect.poll(() => spool.detail().lastError).toBeUndefined();
    // The disk is well again: an operator has the file drained once more.
    stage.disk.bad.length = 0;
    stage.way.written.clear();
    const aside = stage.otherDirectory();
    mkdirSync(join(aside, 'slot-0'), { recursive: true });
    renameSync(`${second}.damaged`, join(aside, 'slot-0', basename(second)));
    await drained(await stage.aSpool({ spoolDir: aside }, clock));
    expect(numbers()).toEqual(numbered(100, 200).map(Number));
  });

  it('is read again, and nothing is lost when it comes back in time', async () => {
    const [, second] = await threeSegments();
    stage.disk.spoilPage(second, 20_000);
    const spool = await stage.aSpool({}, clock);
    stage.way.shut.clear();
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
    stage.disk.bad.length = 0;
    clock.advance(10_000);
    await drained(spool);
    expect(numbers()).toEqual(numbered(0, 300).map(Number));
    expect(stage.counts.by).toMatchObject({ recovered: 300, drained: 300 });
    expect(stage.counts.by.dropped).toBeUndefined();
    stage.expectBalance(spool);
  });

  it('is told by the next process as well, which finds the same missing', async () => {
    const [, second] = await threeSegments();
    stage.disk.spoilAll(second);
    const first = await stage.aSpool({}, clock);
    stage.way.shut.clear();
    await expect.poll(() => numbers().length, { timeout: 10_000 }).toBe(100);
    // A hundred of them as far as anybody knows: they come into the ledger when they are read, or given up.
    expect(first.detail().events).toBe(200);
    expect(stage.counts.by).toMatchObject({ recovered: 200, drained: 100 });
    await stage.close(first);
    stage.counts.reset();
    const next = await stage.aSpool({}, clock);
    await expect.poll(() => next.detail(), { timeout: 10_000 }).toMatchObject({ counting: false, events: 200 });
    await expect.poll(() => next.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
    expect(next.holds('events', 1)).toBe('more');
    clock.advance(31_000);
    const { size: damaged } = statSync(second);
    await drained(next);
    expect(stage.counts.by).toMatchObject({ recovered: 200, drained: 100, dropped: 100, damaged });
    expect(numbers()).toEqual([...numbered(0, 100), ...numbered(200, 300)].map(Number));
    expect(next.holds('events', 1)).toBe('nothing');
    // Readable one day, it must not pass for drained.
    stage.disk.bad.length = 0;
    await stage.close(next);
    const last = await stage.aSpool({}, clock);
    await store(last, 0, filled(300, 301));
    await drained(last);
    expect(stage.files('.damaged').map((path) => basename(path))).toEqual([`${basename(second)}.damaged`]);
  });

  it('of what this process stored holds up nobody for ever, and gives its project the room back', async () => {
    stage.way.shut.add('events/0');
    const spool = await stage.aSpool({ spoolMaxBytes: 16 * 1024 * 1024, spoolProjectShare: 0.01 }, clock);
    await store(spool, 0, filled(0, 300));
    expect([...(await store(spool, 0, filled(300, 301))).values()]).toEqual(['project_share']);
    stage.disk.spoilAll(stage.files()[0]);
    stage.way.shut.clear();
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
    expect(spool.detail().events).toBeGreaterThan(0);
    clock.advance(31_000);
    await drained(spool);
    expect(stage.counts.by.dropped).toBe(300);
    stage.expectBalance(spool);
    stage.disk.bad.length = 0;
    stage.way.shut.add('events/0');
    expect((await store(spool, 0, filled(400, 500))).size).toBe(0);
  });

  it('holds up nobody when nothing that waits is on it', async () => {
    stage.way.shut.add('events/0');
    const spool = await stage.aSpool({}, clock);
    await store(spool, 1, filled(0, 100));
    await store(spool, 0, filled(100, 200));
    await expect.poll(() => stage.way.values('events/1').length, { timeout: 10_000 }).toBe(100);
    stage.disk.spoilPage(stage.files()[0], 20_000);
    stage.way.shut.clear();
    await drained(spool);
    expect(numbers()).toEqual(numbered(100, 200).map(Number));
    expect(stage.counts.by.EIO).toBeUndefined();
  });

  it('is not given up while the whole disk is away', async () => {
    stage.way.shut.add('events/0');
    const spool = await stage.aSpool({}, clock);
    await store(spool, 0, filled(0, 300));
    stage.disk.spoilAll(stage.files()[0]);
    stage.way.shut.clear();
    stage.disk.isDead = true;
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
    for (let i = 0; i < 4; i++) {
      clock.advance(31_000);
      const before = stage.disk.reads;
      await expect.poll(() => stage.disk.reads, { timeout: 10_000 }).toBeGreaterThan(before);
    }
    expect(stage.counts.by.dropped).toBeUndefined();
    stage.disk.isDead = false;
    stage.disk.bad.length = 0;
    clock.advance(31_000);
    await drained(spool);
    expect(numbers()).toEqual(numbered(0, 300).map(Number));
    stage.expectBalance(spool);
  });

  it('is not given up when the disk comes back between a read and the trial whether it lives', async () => {
    stage.way.shut.add('events/0');
    const spool = await stage.aSpool({}, clock);
    await store(spool, 0, filled(0, 300));
    stage.disk.spoilAll(stage.files()[0]);
    stage.way.shut.clear();
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
    // The trial is a file that is made.
    const create = stage.disk.create.bind(stage.disk);
    stage.disk.create = (path) => {
      stage.disk.bad.length = 0;
      return create(path);
    };
    clock.advance(31_000);
    await drained(spool);
    expect(numbers()).toEqual(numbered(0, 300).map(Number));
    expect(stage.counts.by.dropped).toBeUndefined();
  });

  it('is waited for while a lane behind is caught up with, too', async () => {
    stage.way.shut.add('events/0');
    const spool = await stage.aSpool({}, clock);
    await store(spool, 0, filled(0, 100));
    await store(spool, 1, ['other']);
    await expect.poll(() => stage.way.values('events/1'), { timeout: 10_000 }).toEqual(['other']);
    stage.disk.spoilPage(stage.files()[0], 20_000);
    stage.way.shut.clear();
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
    expect(numbers().length).toBeLessThan(50);
    stage.disk.bad.length = 0;
    clock.advance(10_000);
    await drained(spool);
    expect(numbers()).toEqual(numbered(0, 100).map(Number));
    stage.expectBalance(spool);
  });
});

describe('a slot that cannot be counted', () => {
  it('is counted later, by the same drain, and what is stored meanwhile goes behind it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const [, second] = await threeSegments();
    // Not the medium’s fault: no handles, say.
    let isShort = true;
    const open = stage.disk.openForReading.bind(stage.disk);
    stage.disk.openForReading = (path) =>
      isShort && path === second ? Promise.reject(Object.assign(new Error('EMFILE'), { code: 'EMFILE' })) : open(path);
    const spool = await stage.aSpool({}, clock);
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toContain('EMFILE');
    expect(spool.enabled).toBe(true);
    await store(spool, 0, filled(300, 310));
    stage.way.shut.clear();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(spool.detail()).toMatchObject({ counting: true, isOpen: true });
    expect(numbers()).toEqual([]);
    isShort = false;
    await vi.advanceTimersByTimeAsync(15_000);
    await drained(spool);
    expect(numbers()).toEqual(numbered(0, 310).map(Number));
    expect(stage.counts.by).toMatchObject({ recovered: 300, spooled: 10, drained: 310 });
    stage.expectBalance(spool);
    expect(spool.detail().lastError).toBeUndefined();
  });

  it('is not overtaken by what is stored in another slot meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    stage.way.shut.add('events/0');
    const [first, beside] = [await stage.aSpool({}, clock), await stage.aSpool({}, clock)];
    await store(first, 0, filled(0, 10));
    await stage.close(first);
    await stage.close(beside);
    const [segment] = stage.files();
    let isShort = true;
    const open = stage.disk.openForReading.bind(stage.disk);
    let opened = 0;
    stage.disk.openForReading = (path) =>
      isShort && path === segment && opened++ > 0 ? Promise.reject(Object.assign(new Error('EMFILE'), { code: 'EMFILE' })) : open(path);
    const spool = await stage.aSpool({}, clock);
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toContain('EMFILE');
    await store(spool, 0, filled(10, 20));
    stage.way.shut.clear();
    await store(spool, 0, filled(20, 21));
    // The drain has come by what is stored now, and left it where it is.
    await expect.poll(() => stage.disk.readsOf('slot-1'), { timeout: 10_000 }).toBeGreaterThan(1);
    expect(numbers()).toEqual([]);
    isShort = false;
    await vi.advanceTimersByTimeAsync(15_000);
    await drained(spool);
    expect(numbers()).toEqual(numbered(0, 21).map(Number));
  });
});
