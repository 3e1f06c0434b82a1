import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import { drained, numbered, OutageStage, store } from './outage-stage.js';
import type { OutageSpool } from './outage-spool.js';

const MIB = 1024 * 1024;
const SEGMENT = 2 * MIB;
const SETTINGS = { spoolMaxBytes: 8 * SEGMENT, spoolProjectShare: 1, spoolFsync: false };

/** Notes the order of what makes a rewriting safe, and may stop at any of it as a death of the process does. */
class WatchedDisk extends FaultyDisk {
  readonly steps: string[] = [];
  /** Called before each step. */
  before: (step: string) => void = () => undefined;
  #step(kind: string, path: string): void {
    if (!path.includes('.seg')) return;
    const step = `${kind} ${path.endsWith('.compact') ? 'copy' : 'segment'}`;
    this.before(step);
    this.steps.push(step);
  }
  override async create(path: string) {
    this.#step('create', path);
    const file = await super.create(path);
    if (!path.endsWith('.compact')) return file;
    return {
      ...file,
      write: (bytes: Buffer, position: number) => (this.#step('write', path), file.write(bytes, position)),
      sync: () => (this.#step('sync', path), file.sync()),
    };
  }
  override async rename(path: string, to: string): Promise<void> {
    this.#step('rename', path);
    await super.rename(path, to);
    if (path.endsWith('.compact')) this.steps.push('renamed');
  }
  override async syncDirectory(path: string): Promise<void> {
    if (this.steps.at(-1) === 'renamed') this.steps.push('sync directory');
    await super.syncDirectory(path);
  }
}

let stage: OutageStage<WatchedDisk>;
beforeEach(() => void (stage = new OutageStage(new WatchedDisk())));
afterEach(() => stage.end());

const KB = 'x'.repeat(3000);

/** Until it is full: of each fifty messages one is of the partition that stays away. @returns how many of that */
async function fill(spool: OutageSpool): Promise<{ lost: string[]; others: string[] }> {
  stage.way.shut.add('events/0').add('events/1');
  const [lost, others]: [string[], string[]] = [[], []];
  for (let i = 0; ; i++) {
    if (i % 8 === 0 && (await store(spool, 0, [`${i} ${KB}`])).size > 0) break;
    if (i % 8 === 0) lost.push(String(i));
    const values = Array.from({ length: 50 }, (_, n) => `${i}.${n}`);
    const refused = await store(
      spool,
      1,
      values.map((value) => `${value} ${KB}`),
    );
    others.push(...values.filter((_, index) => !refused.has(index)));
    if (refused.size > 0) break;
  }
  return { lost, others };
}

const names = (lane: string) => stage.way.values(lane).map((value) => value.split(' ')[0]);
const diskBytes = () => stage.files().reduce((sum, path) => sum + statSync(path).size, 0);

describe('the room of what is drained', () => {
  it('is given back although one partition stays away, and what is left of that comes in its order', async () => {
    const spool = await stage.aSpool(SETTINGS);
    const { lost, others } = await fill(spool);
    expect(spool.detail().bytes).toBeGreaterThan(7 * SEGMENT);
    stage.way.shut.delete('events/1');
    await expect.poll(() => spool.detail().events, { timeout: 20_000 }).toBe(lost.length);
    await expect.poll(() => spool.detail().bytes, { timeout: 20_000 }).toBeLessThan(2 * SEGMENT);
    // The next one may be on its way to its place at this moment.
    await expect.poll(() => diskBytes() - spool.detail().bytes).toBe(0);
    expect(
      (
        await store(
          spool,
          1,
          numbered(0, 100).map((value) => `${value} ${KB}`),
        )
      ).size,
    ).toBe(0);
    expect((await store(spool, 0, [`later ${KB}`])).size).toBe(0);
    stage.way.shut.clear();
    await drained(spool);
    expect(names('events/0')).toEqual([...lost, 'later']);
    expect(names('events/1')).toEqual([...others, ...numbered(0, 100)]);
    stage.expectBalance(spool);
    await expect.poll(() => spool.detail().bytes).toBe(0);
    expect(stage.disk.steps.filter((step) => step.startsWith('rename')).length).toBeGreaterThan(0);
  });

  it('is written and durable under another name before it takes the old one’s place', async () => {
    const spool = await stage.aSpool(SETTINGS);
    const { lost } = await fill(spool);
    stage.disk.steps.length = 0;
    stage.way.shut.delete('events/1');
    await expect.poll(() => spool.detail().bytes, { timeout: 20_000 }).toBeLessThan(2 * SEGMENT);
    expect(lost.length).toBeGreaterThan(0);
    const from = stage.disk.steps.indexOf('create copy');
    const one = stage.disk.steps.slice(from, stage.disk.steps.indexOf('sync directory') + 1);
    expect(one.filter((step, i) => step !== one[i - 1])).toEqual([
      'create copy',
      'write copy',
      'sync copy',
      'rename copy',
      'renamed',
      'sync directory',
    ]);
  });

  it.each(['create copy', 'write copy', 'sync copy', 'rename copy', 'sync directory'])(
    'loses and doubles nothing when the process dies before: %s',
    async (step) => {
      const spool = await stage.aSpool(SETTINGS);
      const { lost } = await fill(spool);
      const { promise: died, resolve } = Promise.withResolvers<string>();
      const before = stage.disk.syncDirectory.bind(stage.disk);
      let isDead = false;
      const die = () => {
        if (isDead) return;
        isDead = true;
        resolve(stage.copy());
      };
      stage.disk.before = (now) => void (now === step && die());
      stage.disk.syncDirectory = (path) => {
        if (step === 'sync directory' && stage.disk.steps.at(-1) === 'renamed') die();
        return before(path);
      };
      stage.way.shut.delete('events/1');
      const copy = await died;
      await expect.poll(() => spool.detail().events, { timeout: 20_000 }).toBe(lost.length);
      await stage.close(spool);
      stage.way.shut.clear();
      stage.way.written.clear();
      stage.counts.reset();
      const next = await stage.aSpool({ ...SETTINGS, spoolDir: copy });
      await drained(next);
      expect(names('events/0')).toEqual(lost);
      expect(new Set(names('events/1')).size).toBe(names('events/1').length);
      stage.expectBalance(next);
      await expect.poll(() => next.detail().bytes).toBe(0);
    },
  );

  it('is known as soon as it is given back, also when the new name cannot be synced', async () => {
    const spool = await stage.aSpool(SETTINGS);
    const { lost } = await fill(spool);
    const sync = stage.disk.syncDirectory.bind(stage.disk);
    let failed = 0;
    stage.disk.syncDirectory = async (path) => {
      const isOfCopy = stage.disk.steps.at(-1) === 'renamed';
      await sync(path);
      if (!isOfCopy) return;
      failed++;
      throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
    };
    stage.way.shut.delete('events/1');
    // Then the compactor rests for a minute.
    await expect.poll(() => failed, { timeout: 20_000 }).toBe(1);
    await expect.poll(() => spool.detail().events, { timeout: 20_000 }).toBe(lost.length);
    expect(spool.detail().bytes).toBe(diskBytes());
  });

  it('is not given back by a disk without room for a copy: it says so, loses nothing, and goes on', async () => {
    const spool = await stage.aSpool(SETTINGS);
    const { lost, others } = await fill(spool);
    let refused = 0;
    stage.disk.before = (step) => {
      if (step !== 'write copy') return;
      refused++;
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    stage.way.shut.delete('events/1');
    await expect.poll(() => spool.detail().events, { timeout: 20_000 }).toBe(lost.length);
    expect(refused).toBe(1);
    expect(stage.files('.compact')).toEqual([]);
    stage.way.shut.clear();
    await drained(spool);
    expect(names('events/0')).toEqual(lost);
    expect(names('events/1')).toEqual(others);
  });

  it('is not sought in a segment that is damaged: that is kept whole, for whoever wants to look', async () => {
    const first = await stage.aSpool(SETTINGS);
    const { lost } = await fill(first);
    await stage.close(first);
    const [segment] = stage.files();
    const bytes = readFileSync(segment);
    bytes[bytes.indexOf('{"topic"') + 5000] ^= 1;
    writeFileSync(segment, bytes);
    stage.way.shut.delete('events/1');
    const second = await stage.aSpool(SETTINGS);
    await expect.poll(() => second.detail(), { timeout: 20_000 }).toMatchObject({ events: lost.length, counting: false });
    await expect.poll(() => second.detail().bytes, { timeout: 20_000 }).toBeLessThan(3 * SEGMENT);
    expect(readFileSync(segment)).toEqual(bytes);
  });

  it('is not sought again and again: only when there is another segment to be had', async () => {
    const first = await stage.aSpool(SETTINGS);
    const { lost } = await fill(first);
    await stage.close(first);
    for (const segment of stage.files().slice(0, 4)) {
      const bytes = readFileSync(segment);
      bytes[bytes.indexOf('{"topic"') + 5000] ^= 1;
      writeFileSync(segment, bytes);
    }
    stage.way.shut.delete('events/1');
    const second = await stage.aSpool(SETTINGS);
    await expect.poll(() => second.detail(), { timeout: 20_000 }).toMatchObject({ events: lost.length, counting: false });
    let [looks, opened] = [0, 0];
    stage.way.onAccepts = () => void looks++;
    // All that can be had has been had after a round of the drain or two.
    await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(3);
    const open = stage.disk.openForReading.bind(stage.disk);
    stage.disk.openForReading = (path) => (opened++, open(path));
    looks = 0;
    await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(3);
    expect(second.detail().bytes).toBeGreaterThan(3 * SEGMENT);
    expect(opened).toBe(0);
  });

  it('is cleared of what a death left of a copy', async () => {
    const first = await stage.aSpool(SETTINGS);
    stage.way.shut.add('events/0');
    await store(first, 0, ['kept']);
    await stage.close(first);
    const [segment] = stage.files();
    copyFileSync(segment, `${segment}.compact`);
    stage.way.shut.clear();
    const second = await stage.aSpool(SETTINGS);
    await drained(second);
    expect(names('events/0')).toEqual(['kept']);
    expect(stage.files('.compact')).toEqual([]);
  });
});
