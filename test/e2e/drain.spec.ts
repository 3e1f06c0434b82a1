import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/create-gateway.js';
import { discardAllParked, drainVolume, retryParked } from '../../src/drain/drain-volume.js';
import { NodeDisk, SegmentLog, encodeSpooled } from '@app/spool';
import { PinoLogger } from '../../src/logger.js';
import { anEventBody } from './gateway.js';

/** Nobody listens there. */
const NOWHERE = { KAFKA_HOSTS: '127.0.0.1:1', KAFKA_DELIVERY_DEADLINE_MS: '500', LOG_LEVEL: 'silent' };
const LITTLE = { seconds: 0.5, signal: new AbortController().signal, logger: new PinoLogger('silent') };

/** That it empties a volume is shown with a real broker: chaos `scale-in`. */
describe('draining a volume that no gateway has any more', () => {
  let volume: string;
  let app: NestFastifyApplication | undefined;
  const drain = (env: Record<string, string> = {}) => drainVolume({ ...NOWHERE, DATA_DIR: volume, ...env }, LITTLE);

  beforeEach(() => {
    volume = mkdtempSync(join(tmpdir(), 'inlet-drain-'));
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    rmSync(volume, { recursive: true, force: true });
  });

  async function spoolTwo(): Promise<void> {
    app = await createGateway({ ...NOWHERE, DATA_DIR: volume });
    await app.init();
    const send = () => app!.inject({ method: 'POST', url: '/e/', payload: anEventBody() });
    const acks = (await Promise.all([send(), send()])).map(({ headers }) => headers['inlet-ack']);
    expect(acks).toEqual(['spool', 'spool']);
  }

  it('leaves it alone while a gateway has it, and says so', async () => {
    await spoolTwo();
    const text = expect.stringContaining('slot-0 is in use by a gateway, which drains it itself');
    expect(await drain()).toMatchObject({ isDone: false, found: 0, text });
  });

  it('says what still waits when the brokers stay away, and leaves it there', async () => {
    await spoolTwo();
    await app!.close();
    app = undefined;
    for (let time = 0; time < 2; time++) {
      const text = expect.stringContaining('2 events still wait: no broker is reachable');
      expect(await drain()).toMatchObject({ isDone: false, found: 2, delivered: 0, waiting: 2, text });
    }
  });

  it('is not done with a slot that cannot be read', async () => {
    await spoolTwo();
    writeFileSync(join(volume, 'spool/slot-7'), 'no directory');
    await app!.close();
    app = undefined;
    const { isDone, text } = await drain();
    expect([isDone, text]).toEqual([false, expect.stringMatching(/slot-7 cannot be read.*2 events still wait/)]);
  });

  it('takes a directory without a spool for a volume that is not mounted', async () => {
    await expect(drain()).rejects.toThrow(/there is no spool in .*spool: is the volume mounted there\?/);
    await expect(drain({ KAFKA_HOSTS: '' })).rejects.toThrow('KAFKA_HOSTS is not set');
    await expect(drain({ KAFKA_HOSTS: '', REPLAY_THREAD: 'on' })).rejects.toThrow('KAFKA_HOSTS is not set');
  });

  async function parkTwo(): Promise<void> {
    const directory = join(volume, 'spool/slot-0/parked');
    const log = await SegmentLog.open({ directory, segmentBytes: 1 << 20, pendingBytes: 1 << 20, disk: new NodeDisk(false) });
    const parked = ['a', 'b'].map((value) => {
      const message = { topic: 'events', key: 'k', value: Buffer.from(value), headers: { token: 'phc_a' } };
      return encodeSpooled({ message, partition: undefined, isDead: false, parkedFor: 'INVALID_RECORD' });
    });
    await log.append(parked);
    await log.close();
  }

  it('is not done with events that are parked, and says how they are released', async () => {
    await spoolTwo();
    await app!.close();
    app = undefined;
    await parkTwo();
    expect(await drain()).toMatchObject({
      isDone: false,
      text: expect.stringMatching(/2 events still wait.*2 events are parked.*--parked retry/),
    });
  });

  it('sends parked events once more, beside a gateway: until brokers take them they wait like others', async () => {
    await spoolTwo();
    await parkTwo();
    const retried = await retryParked({ ...NOWHERE, DATA_DIR: volume }, LITTLE);
    expect(retried).toMatchObject({ isDone: false, found: 2, delivered: 0, parked: 0, waiting: 2 });
    expect(retried.text).not.toContain('parked');
  });

  it('deletes parked events when it is told to, and nothing else', async () => {
    await spoolTwo();
    await parkTwo();
    expect(await discardAllParked({ ...NOWHERE, DATA_DIR: volume }, LITTLE)).toBe(2);
    expect(await discardAllParked({ ...NOWHERE, DATA_DIR: volume }, LITTLE)).toBe(0);
    await app!.close();
    app = undefined;
    expect(await drain()).toMatchObject({ waiting: 2, text: expect.not.stringContaining('parked') });
  });
});
