import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { SystemClock } from '@app/event';
import { KafkaConfig, type ProducedMessage } from '@app/kafka';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import { SpoolConfig } from '../spool.config.js';
import { FakeWay } from './fake-way.js';
import { OutageSpool } from './outage-spool.js';

let directory: string;
const disk = new FaultyDisk();
const way = new FakeWay();
let spool: OutageSpool | undefined;

beforeEach(() => {
  Logger.overrideLogger(false);
  directory = mkdtempSync(join(tmpdir(), 'inlet-spool-'));
});

afterEach(async () => {
  await spool?.close();
  rmSync(directory, { recursive: true });
});

async function restart(): Promise<OutageSpool> {
  await spool?.close();
  const config = Object.assign(new SpoolConfig(), { spoolDir: directory, spoolDrainShare: 1 });
  spool = new OutageSpool(config, Object.assign(new KafkaConfig(), { topic: 'events' }), new SystemClock(), undefined, disk);
  await spool.open(way);
  return spool;
}

const message = (value: string): ProducedMessage => ({ topic: 'events', key: 'k', value: Buffer.from(value), headers: { token: 'phc_a' } });
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));
const store = (values: readonly string[]) => spool!.store('events', 0, values.map(message));
const written = () => new Set(way.values('events/0'));

it('delivers every event of two runs although the disk refused one read between them', async () => {
  await restart();
  way.shut.add('events/0');
  await store(numbered(0, 10));
  let reads = 0;
  disk.isUnreadable = (path) => path.endsWith('.seg') && reads++ < 1;
  await restart();
  await store(numbered(10, 20));
  way.shut.clear();
  await expect.poll(written, { timeout: 5000 }).toEqual(new Set(numbered(0, 20)));
  await restart();
  await store(['last']);
  await expect.poll(written, { timeout: 5000 }).toEqual(new Set([...numbered(0, 20), 'last']));
});
