import { SeededRandom, VirtualTime } from '@app/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { DiskTroubles, SimulatedDisk } from './simulated-disk.js';
import { SimulatedMedium } from './simulated-medium.js';

let time: VirtualTime;
let medium: SimulatedMedium;
let disk: SimulatedDisk;
let troubles: DiskTroubles;

beforeEach(() => begin(1));

function begin(seed: number): void {
  const random = new SeededRandom(seed);
  time = new VirtualTime();
  medium = new SimulatedMedium(random);
  troubles = new DiskTroubles();
  disk = new SimulatedDisk(medium, troubles, time, random, { isAlive: true });
}

async function run<T>(work: () => Promise<T>): Promise<T> {
  let result: PromiseSettledResult<T> | undefined;
  void Promise.allSettled([work()]).then(([settled]) => (result = settled));
  await time.pass(60_000, () => result !== undefined);
  if (result?.status === 'rejected') throw result.reason;
  return result!.value;
}

async function write(name: string, text: string, syncs: { file?: boolean; directory?: boolean }): Promise<void> {
  await disk.makeDirectory('/d');
  const file = await disk.create(`/d/${name}`);
  await file.write(Buffer.from(text), 0);
  if (syncs.file) await file.sync();
  if (syncs.directory) await disk.syncDirectory('/d');
}

const found = (name: string) => run(async () => (await disk.list('/d')).includes(name) && medium.find(`/d/${name}`).bytes.toString());

describe('SimulatedDisk', () => {
  it('keeps through a loss of power what was synced, its name too, and of everything else what chance says', async () => {
    const seen = { both: new Set<unknown>(), name: new Set<unknown>(), bytes: new Set<unknown>() };
    for (let seed = 0; seed < 100; seed++) {
      begin(seed);
      await run(() => write('both', 'abc', { file: true, directory: true }));
      await run(() => write('name', 'abc', { directory: true }));
      await run(() => write('bytes', 'abc', { file: true }));
      medium.losePower();
      for (const name of ['both', 'name', 'bytes'] as const) seen[name].add(await found(name));
    }
    expect(seen.both).toEqual(new Set(['abc']));
    expect(seen.name).toEqual(new Set(['abc', '', '\0\0\0']));
    expect(seen.bytes).toEqual(new Set(['abc', false]));
  });

  it('keeps what the system had when only the process dies, and frees its locks', async () => {
    await run(() => write('a', 'abc', {}));
    disk.lock('/d');
    expect(() => disk.lock('/d')).toThrow('in use by another process');
    disk.kill();
    expect(await found('a')).toBe('abc');
    disk.lock('/d').release();
  });

  it('fails as it is told to: full, broken, or not at all for as long as it hangs', async () => {
    await run(() => write('a', 'abc', { file: true }));
    medium.find('/d/a').breakSector(0);
    const file = await run(() => disk.openForReading('/d/a'));
    await expect(run(() => file.read(Buffer.alloc(3), 0))).rejects.toThrow('EIO');
    medium.find('/d/a').mendSectors();
    medium.capacity = 5;
    await expect(run(() => write('b', 'abc', {}))).rejects.toThrow('ENOSPC');
    expect(await found('b')).toBe('ab');
    troubles.isHanging = true;
    let isRead = false;
    void file.read(Buffer.alloc(3), 0).then(() => (isRead = true));
    await time.pass(10_000);
    expect(isRead).toBe(false);
    troubles.isHanging = false;
    disk.unhang();
    await time.pass(10);
    expect(isRead).toBe(true);
  });
});
