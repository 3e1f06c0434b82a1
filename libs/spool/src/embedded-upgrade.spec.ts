import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EmbeddedLog } from './embedded-log.js';
import { SegmentLog } from './segment-log.js';
import { SpoolConfig } from './spool.config.js';
import { NoSpoolMetrics } from './spool.metrics.js';

const LIMIT = 20_000;
const SETTINGS = { embeddedSegmentBytes: 2_000, embeddedMaxBytes: LIMIT };
let dataDir: string;
let log: EmbeddedLog | undefined;
let warnings: string[];
let deleted: Record<string, number>;

class Deletions extends NoSpoolMetrics {
  override expired(events: number, _bytes: number, why: string): void {
    deleted[why] = (deleted[why] ?? 0) + events;
  }
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'inlet-upgrade-'));
  warnings = [];
  deleted = {};
  Logger.overrideLogger({ log: () => {}, error: () => {}, warn: (message: string) => warnings.push(message) });
});

afterEach(async () => {
  await log?.onApplicationShutdown();
  vi.restoreAllMocks();
  await rm(dataDir, { recursive: true });
});

async function boot(settings: Partial<SpoolConfig> = {}): Promise<EmbeddedLog> {
  await log?.onApplicationShutdown();
  warnings = [];
  log = new EmbeddedLog(Object.assign(new SpoolConfig(), { dataDir, ...SETTINGS, ...settings }), new Deletions());
  await log.onModuleInit();
  return log;
}

const append = () => log!.append([[Buffer.alloc(500)]]);

/** A log as the release before leaves it: no state, and no running time in its segments. */
async function ofOlderRelease(bytes: number): Promise<void> {
  const directory = join(dataDir, 'log');
  const older = await SegmentLog.open({ directory, segmentBytes: 2_000, pendingBytes: 1e6 });
  while (older.stats().bytes < bytes) await older.append([[Buffer.alloc(500)]]);
  await older.close();
  await rm(join(directory, 'state.json'));
  for (const file of (await readdir(directory)).filter((name) => name.endsWith('.seg'))) {
    const content = await readFile(join(directory, file));
    content.writeUInt32LE(0, 32);
    content.writeUInt32LE(crc32(content.subarray(0, 36)), 36);
    await writeFile(join(directory, file), content);
  }
}

describe('a full log of the release before', () => {
  it('takes events as before, deletes the oldest as before, and says so at each boot', async () => {
    await ofOlderRelease(LIMIT);
    for (let i = 0; i < 2; i++) {
      await boot();
      expect(warnings).toContainEqual(expect.stringContaining('begun by an earlier release'));
      for (let n = 0; n < 10; n++) await append();
    }
    // Once it has read what was there.
    await expect.poll(() => deleted.size).toBeGreaterThan(0);
    expect(warnings).toContainEqual(expect.stringContaining('events are deleted'));
  });

  it('does so also when all that the release before wrote is gone', async () => {
    await ofOlderRelease(LIMIT);
    await boot();
    for (let n = 0; n < 100; n++) await append();
    await boot();
    await expect(append()).resolves.toBeGreaterThan(0);
    expect(warnings).toContainEqual(expect.stringContaining('begun by an earlier release'));
  });

  it('keeps everything once it is asked to, and from then on', async () => {
    await ofOlderRelease(LIMIT);
    await boot({ embeddedFull: 'refuse' });
    await expect(append()).rejects.toMatchObject({ code: 'full' });
    await boot();
    await expect(append()).rejects.toMatchObject({ code: 'full' });
    expect(deleted).toEqual({});
  });

  it('is read and followed by new events, in a file that the release before has written', async () => {
    const fixture = join(import.meta.dirname, '../fixtures/format-1');
    const file = (await readdir(fixture)).find((name) => name.endsWith('.seg')) ?? '';
    await mkdir(join(dataDir, 'log'));
    await copyFile(join(fixture, file), join(dataDir, 'log', file));
    await boot();
    const { events } = log!.stats()!;
    expect(events).toBeGreaterThan(0);
    await append();
    expect(log!.stats()).toMatchObject({ events: events + 1, leftAlone: [] });
    expect(warnings).toContainEqual(expect.stringContaining('begun by an earlier release'));
  });
});

describe('a log of this release', () => {
  it('refuses when it is full, also after a restart, and deletes nothing', async () => {
    await boot();
    while (
      await append().then(
        () => true,
        () => false,
      )
    );
    await boot();
    await expect(append()).rejects.toMatchObject({ code: 'full' });
    expect([deleted, warnings.some((warning) => warning.includes('earlier release'))]).toEqual([{}, false]);
  });

  it('deletes the oldest by settings of the release before, and warns', async () => {
    await boot({ embeddedMaxBytes: undefined, embeddedRetentionBytes: LIMIT });
    for (let n = 0; n < 60; n++) await append();
    expect(deleted.size).toBeGreaterThan(0);
    expect(warnings).toContainEqual(expect.stringContaining('EMBEDDED_LOG_RETENTION_BYTES or _HOURS is set'));
  });
});
