import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CaptureError, encodeMessage, type CaptureContext, type CapturedEvent } from '@app/event';
import { KafkaConfig } from '@app/kafka';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeDisk } from './disk.js';
import { EmbeddedLog } from './embedded-log.js';
import { FaultyDisk } from './faulty-disk.js';
import { EmbeddedLogSink } from './embedded-log.sink.js';
import { EmbeddedLogStatus } from './embedded-log.status.js';
import { readLog } from './log-reader.js';
import { decodeStoredMessage, type StoredMessage } from './message-codec.js';
import { SpoolConfig } from './spool.config.js';

const context = { now: 1_700_000_000_000, nowText: '2023-11-14T22:13:20.000Z' } as CaptureContext;

const event = {
  index: 0,
  token: 'phc_test',
  uuid: '018bcfe5-6800-7000-8000-000000000001',
  name: 'größe €',
  distinctId: 'user "7"',
  ip: '',
  timestamp: 1_700_000_000_000,
  data: Buffer.from('{"event":"größe €","properties":{"big":12345678901234567890,"one":1.0}}').toString('latin1'),
  isHistorical: false,
  route: 'main',
  partitionKey: 'phc_test:user "7"',
} as CapturedEvent;

let dataDir: string;
let log: EmbeddedLog;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'inlet-embedded-'));
  log = new EmbeddedLog(Object.assign(new SpoolConfig(), { dataDir }));
});

afterEach(async () => {
  await log.onApplicationShutdown();
  await rm(dataDir, { recursive: true });
});

async function stored(): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  for await (const { payload } of readLog(new NodeDisk(), log.directory)) found.push(decodeStoredMessage(payload));
  return found;
}

describe('EmbeddedLogSink', () => {
  it('stores each event’s message as a consumer would read it, and promises the log', async () => {
    await log.onModuleInit();
    const custom = { ...event, index: 1, route: 'custom', topic: 'special', partitionKey: null };
    const delivery = await new EmbeddedLogSink(log, new KafkaConfig()).deliver([event, custom], context);
    expect(delivery).toEqual({ ack: 'log', spooled: 0, dropped: [] });
    const expected = [event, custom].map((each) => ({ message: encodeMessage(each, context), receivedAt: context.now, token: 'phc_test' }));
    expect(await stored()).toEqual(expected);
  });

  it('drops alone what Kafka would not take, by the limit of its lane, and names it', async () => {
    await log.onModuleInit();
    const limits = Object.assign(new KafkaConfig(), { messageMaxBytes: 2000, replayMessageMaxBytes: 4000, aiMessageMaxBytes: 4000 });
    const data = `{"a":"${'x'.repeat(2000)}"}`;
    const events = [
      event,
      { ...event, index: 1, data },
      { ...event, index: 2, data, route: 'replay' },
      { ...event, index: 3, data, route: 'ai' },
    ];
    const { ack, dropped } = await new EmbeddedLogSink(log, limits).deliver(events, context);
    expect([ack, dropped.map(({ index, drop }) => [index, drop.cause])]).toEqual(['log', [[1, 'event_too_big']]]);
    expect(dropped[0].drop.detail).toMatch(/^message of \d+ bytes exceeds the limit of 2000 bytes \(KAFKA_PRODUCER_MESSAGE_MAX_BYTES\)$/);
    expect(await stored()).toHaveLength(3);
  });

  it('asks the client to send again when the log cannot store', async () => {
    const delivery = new EmbeddedLogSink(log, new KafkaConfig()).deliver([event], context);
    await expect(delivery).rejects.toThrow(CaptureError);
    await expect(delivery).rejects.toMatchObject({ code: 'transient' });
  });
});

describe('EmbeddedLog', () => {
  it('lets no request wait for a disk that hangs, and has what it has stored after all', async () => {
    const disk = new FaultyDisk();
    log = new EmbeddedLog(Object.assign(new SpoolConfig(), { dataDir, embeddedStoreDeadlineMs: 100 }), undefined, disk);
    await log.onModuleInit();
    const release = disk.holdSync();
    await expect(log.append([[Buffer.from('a')]])).rejects.toMatchObject({ code: 'slow' });
    release();
    await expect.poll(() => log.stats()?.events).toBe(1);
  });

  it('stops the boot with the directory and the variable when it cannot be created', async () => {
    const file = join(dataDir, 'a-file');
    await writeFile(file, '');
    const broken = new EmbeddedLog(Object.assign(new SpoolConfig(), { dataDir: file }));
    await expect(broken.onModuleInit()).rejects.toThrow(`DATA_DIR=${file}: it is, or lies below, a file; name a directory (ENOTDIR)`);
  });

  it('stops the boot when another gateway has the directory', async () => {
    await log.onModuleInit();
    const second = new EmbeddedLog(Object.assign(new SpoolConfig(), { dataDir }));
    await expect(second.onModuleInit()).rejects.toThrow('is in use by another process');
  });

  it('tells how much it holds and whether it can store', async () => {
    const status = new EmbeddedLogStatus(log);
    expect(status.detail().lastError).toBe('not open');
    await log.onModuleInit();
    await new EmbeddedLogSink(log, new KafkaConfig()).deliver([event, event], context);
    expect(status.detail(Date.now() + 5_000)).toMatchObject({ events: 2, oldestAgeSeconds: 5, lastError: undefined, pendingBytes: 0 });
  });
});
