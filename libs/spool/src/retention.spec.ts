import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { NodeDisk } from './disk.js';
import { expired } from './retention.js';
import { SegmentCatalog } from './segment-catalog.js';
import type { SegmentInfo } from './segment-info.js';
import { newSegmentName } from './segment-format.js';

const HOUR = 3_600_000;
const now = 100 * HOUR;

const segment = (firstSequence: number, bytes: number, hoursOld: number): SegmentInfo => {
  const time = now - hoursOld * HOUR;
  return {
    name: newSegmentName(firstSequence),
    bytes,
    events: 1,
    lastSequence: firstSequence,
    oldest: time,
    newest: time,
    damagedBytes: 0,
  };
};

const gone = (segments: SegmentInfo[], activeBytes: number, retention: { bytes: number; ageMs: number }) =>
  expired(segments, activeBytes, retention, now).map(({ name }) => name.firstSequence);

describe('retention', () => {
  const segments = [segment(1, 100, 30), segment(11, 100, 20), segment(21, 100, 10)];

  it('keeps everything within both limits', () => {
    expect(gone(segments, 50, { bytes: 350, ageMs: 48 * HOUR })).toEqual([]);
  });

  it('deletes the oldest segments until the rest fits, the one being written counted', () => {
    expect(gone(segments, 50, { bytes: 349, ageMs: 48 * HOUR })).toEqual([1]);
    expect(gone(segments, 1_000, { bytes: 349, ageMs: 48 * HOUR })).toEqual([1, 11, 21]);
  });

  it('deletes segments whose newest record is too old', () => {
    expect(gone(segments, 50, { bytes: 1e9, ageMs: 15 * HOUR })).toEqual([1, 11]);
  });
});

describe('the catalog of segments', () => {
  it('deletes nothing before it knows the segments of earlier runs: the oldest go first', async () => {
    const catalog = new SegmentCatalog(new NodeDisk(), tmpdir(), [segment(11, 100, 1)]);
    const retention = { bytes: 100, ageMs: 48 * HOUR };
    catalog.active = segment(21, 50, 0);
    expect(await catalog.expire(retention, now)).toEqual([]);
    const older = segment(1, 100, 2);
    catalog.addOlder([older]);
    expect((await catalog.expire(retention, now))[0]).toBe(older);
  });
});
