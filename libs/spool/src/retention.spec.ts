import { tmpdir } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import { FaultyDisk } from './faulty-disk.js';
import { deletions, describeDeletion, type Deletion, type Retention, type Situation } from './retention.js';
import { SegmentCatalog } from './segment-catalog.js';
import type { SegmentInfo } from './segment-info.js';
import { newSegmentName } from './segment-format.js';

const HOUR_MS = 3_600_000;
/** A hundred hours. */
const runningSeconds = 360_000;

const segment = (firstSequence: number, bytes: number, hoursOld: number): SegmentInfo => ({
  name: newSegmentName(firstSequence),
  bytes,
  events: 1,
  lastSequence: firstSequence + 9,
  begunAt: runningSeconds - hoursOld * 3600,
  endedAt: runningSeconds - hoursOld * 3600,
  // A wall clock that has been set says nothing of the age.
  oldest: 0,
  newest: 0,
  damagedBytes: 0,
});

const sealed = [segment(1, 100, 30), segment(11, 100, 20), segment(21, 100, 10)];
const situation = (retention: Retention, rest: Partial<Situation> = {}): Situation => ({
  sealed,
  activeBytes: 50,
  retention,
  runningSeconds,
  readers: [],
  headroom: 60,
  ...rest,
});
const gone = (retention: Retention, rest?: Partial<Situation>) =>
  deletions(situation(retention, rest)).map(({ segment: { name }, why, unreadBy }) => [name.firstSequence, why, ...unreadBy]);

describe('what is deleted of a log', () => {
  it('is nothing within both limits', () => {
    expect(gone({ bytes: 350, ageMs: 48 * HOUR_MS })).toEqual([]);
  });

  it('is the oldest, until the rest fits, the one being written counted', () => {
    expect(gone({ bytes: 349, ageMs: Infinity })).toEqual([[1, 'size']]);
    expect(gone({ bytes: 349, ageMs: Infinity }, { activeBytes: 1_000 })).toEqual([1, 11, 21].map((first) => [first, 'size']));
  });

  it('is what is too old, in time in which a gateway ran', () => {
    expect(gone({ bytes: 1e9, ageMs: 15 * HOUR_MS })).toEqual([
      [1, 'age'],
      [11, 'age'],
    ]);
  });

  it('is nothing at all where it is to refuse, however full and old it is', () => {
    expect(gone({ bytes: 1, ageMs: 1, whenFull: 'refuse' })).toEqual([]);
  });

  const readers = [
    { name: 'warehouse', next: 25 },
    { name: 'kafka', next: 21 },
  ];

  it('is, where it is to refuse and is nearly full, what everybody has read who reads it', () => {
    const retention = { bytes: 400, ageMs: Infinity, whenFull: 'refuse' } as const;
    expect(gone(retention, { readers })).toEqual([[1, 'read']]);
    expect(gone({ ...retention, bytes: 100 }, { readers })).toEqual([
      [1, 'read'],
      [11, 'read'],
    ]);
    expect(gone({ ...retention, bytes: 410 }, { readers })).toEqual([]);
    expect(gone(retention, { readers: [...readers, { name: 'late', next: 10 }] })).toEqual([]);
  });

  it('is not what may be unread on its damaged pages', () => {
    const retention: Retention = { bytes: 300, ageMs: Infinity, whenFull: 'refuse' };
    const [first, ...others] = sealed;
    // The numbers that can be read go up to 5: those up to 10 may be on pages that come back.
    const damaged = { ...first, lastSequence: 5, damagedBytes: 4096 };
    const readTo = (next: number) => gone(retention, { sealed: [damaged, ...others], readers: [{ name: 'kafka', next }] });
    expect(readTo(6)).toEqual([]);
    expect(readTo(11)).toEqual([[1, 'read']]);
  });

  it('names whom it takes events from', () => {
    const retention = { bytes: 100, ageMs: Infinity };
    expect(gone(retention, { readers })).toEqual([
      [1, 'size'],
      [11, 'size'],
      [21, 'size', 'warehouse', 'kafka'],
    ]);
    const [, , last] = deletions(situation(retention, { readers }));
    expect(describeDeletion(last, retention)).toMatch(/^\d{16}-[0-9a-f]{16}\.seg: 1 events are deleted .*\. NOT READ by warehouse, kafka$/);
  });
});

describe('the catalog of segments', () => {
  const expiry = { retention: { bytes: 100, ageMs: 48 * HOUR_MS }, runningSeconds, readers: [], headroom: 0 };
  const disk = new FaultyDisk();
  let told: SegmentInfo[];
  const tell = (deletion: Deletion) => void told.push(deletion.segment);
  beforeEach(() => void (told = []));

  it('deletes nothing before it knows the segments of earlier runs: the oldest go first', async () => {
    const catalog = new SegmentCatalog(disk, tmpdir(), [segment(11, 100, 1)]);
    catalog.active = segment(21, 50, 0);
    await catalog.expire(expiry, tell);
    expect(told).toEqual([]);
    const older = segment(1, 100, 2);
    catalog.addOlder([older]);
    await catalog.expire(expiry, tell);
    expect(told[0]).toBe(older);
  });

  it('tells of each file that it has deleted, whatever the disk says later', async () => {
    const [first, second, third] = [segment(1, 100, 3), segment(11, 100, 2), segment(21, 100, 1)];
    const catalog = new SegmentCatalog(disk, tmpdir(), []);
    catalog.addOlder([first, second, third]);
    catalog.active = segment(31, 50, 0);
    disk.syncDirectory = () => Promise.reject(new Error('EIO: i/o error, fsync'));
    await expect(catalog.expire(expiry, tell)).rejects.toThrow('EIO');
    expect(told).toEqual([first, second, third]);
    expect(catalog.finished).toEqual([]);
  });
});
