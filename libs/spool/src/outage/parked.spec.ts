import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import { message } from './outage-stage.js';
import { Parked } from './parked.js';

let directory: string;
let disk: FaultyDisk;
let parked: Parked;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'inlet-parked-'));
  disk = new FaultyDisk();
  parked = new Parked(directory, { disk });
});
afterEach(async () => {
  await parked.close();
  rmSync(directory, { recursive: true, force: true });
});

const add = (value: string) => parked.add({ message: message(value), partition: undefined, isDead: false, parkedFor: 'refused' });

describe('Parked', () => {
  it('stores what is under way when it closes, and takes the next one when the folder is free again', async () => {
    await add('1');
    const release = disk.holdSync();
    const underWay = add('2');
    await disk.syncEntered();
    const closed = parked.close();
    const next = add('3');
    release();
    await Promise.all([underWay, closed, next]);
    await parked.close();
    await parked.count();
    expect(parked.events).toBe(3);
  });

  it('goes on after a write that failed', async () => {
    disk.failWrites('EIO');
    await expect(add('1')).rejects.toThrow('EIO');
    disk.heal();
    await add('2');
    await parked.close();
    await parked.count();
    expect(parked.events).toBe(1);
  });
});
