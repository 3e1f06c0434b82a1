import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import { drained, OutageStage, store } from './outage-stage.js';

let stage: OutageStage;
beforeEach(() => void (stage = new OutageStage(new FaultyDisk())));
afterEach(async () => {
  await stage.end();
  vi.useRealTimers();
});

/** A segment as a release of another format's version writes it, or reads it. */
function setVersion(path: string, version: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 36)), 36);
  writeFileSync(path, bytes);
}

/** A newer release stores and drains a little, then this one drains messages of its own past what the newer one wrote. */
async function rolledBack(): Promise<string> {
  const { way } = stage;
  const newer = await stage.aSpool();
  way.shut.add('events/0');
  await store(newer, 1, ['drained']);
  await store(newer, 0, ['newer-1', 'newer-2', 'newer-3']);
  await expect.poll(() => way.values('events/1'), { timeout: 10_000 }).toEqual(['drained']);
  await stage.close(newer);
  const [segment] = stage.files();
  setVersion(segment, 2);
  stage.counts.reset();
  const older = await stage.aSpool();
  way.shut.clear();
  await store(older, 0, ['ours-1', 'ours-2']);
  await drained(older);
  await store(older, 0, ['ours-3']);
  await drained(older);
  stage.expectBalance(older);
  await stage.close(older);
  expect(way.values('events/0')).toEqual(['ours-1', 'ours-2', 'ours-3']);
  expect(stage.files()).toEqual([segment]);
  return segment;
}

describe('segments of a newer release', () => {
  it('are sent by it after a rollback and the way forward: all that was not drained, and nothing twice', async () => {
    const segment = await rolledBack();
    // What the newer release sees: a segment of its own format.
    setVersion(segment, 1);
    stage.counts.reset();
    const again = await stage.aSpool();
    await store(again, 0, ['later']);
    await drained(again);
    expect(stage.way.values('events/0')).toEqual(['ours-1', 'ours-2', 'ours-3', 'newer-1', 'newer-2', 'newer-3', 'later']);
    expect(stage.way.values('events/1')).toEqual(['drained']);
    expect(stage.counts.by).toMatchObject({ recovered: 3, spooled: 1, drained: 4 });
    stage.expectBalance(again);
    expect(stage.cursor()!.foreign).toBeUndefined();
  });

  it('stay as they are over any number of starts of this one', async () => {
    const segment = await rolledBack();
    const bytes = readFileSync(segment);
    for (let i = 0; i < 2; i++) {
      const spool = await stage.aSpool();
      await store(spool, 0, [`more-${i}`]);
      await drained(spool);
      await stage.close(spool);
    }
    expect(readFileSync(segment)).toEqual(bytes);
    expect(stage.cursor()!.foreign!.map(([file]) => file)).toEqual([basename(segment)]);
    setVersion(segment, 1);
    const again = await stage.aSpool();
    await drained(again);
    expect(stage.way.values('events/0').slice(-3)).toEqual(['newer-1', 'newer-2', 'newer-3']);
  });

  it('are found, too, when the process of the older release ends while the newer one runs already', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const segment = await rolledBack();
    const older = await stage.aSpool();
    const newer = await stage.aSpool();
    setVersion(segment, 1);
    await stage.close(older);
    await vi.advanceTimersByTimeAsync(15_000);
    await expect.poll(() => stage.way.values('events/0').slice(-3), { timeout: 10_000 }).toEqual(['newer-1', 'newer-2', 'newer-3']);
    await drained(newer);
    stage.expectBalance(newer);
  });

  it('are not doubled when the process dies while they are moved', async () => {
    const segment = await rolledBack();
    setVersion(segment, 1);
    let copy: string | undefined;
    const rename = stage.disk.rename.bind(stage.disk);
    stage.disk.rename = async (path, to) => {
      await rename(path, to);
      if (path === segment) copy = stage.copy();
    };
    await drained(await stage.aSpool());
    stage.way.written.clear();
    await drained(await stage.aSpool({ spoolDir: copy }));
    expect(stage.way.values('events/0')).toEqual(['newer-1', 'newer-2', 'newer-3']);
  });
});
