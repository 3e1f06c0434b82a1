import { DEATHS } from '../faults/deaths.js';
import { DISK_FAULTS, healDisk } from '../faults/disk-faults.js';
import type { Played } from '../play.js';
import { takeOver } from '../world/take-over.js';
import { PENDING_BYTES } from './log-life.js';
import { LogWorld } from './log-world.js';

const BUSY_MS = 60_000;
const APPENDS = 400;
const FAULTS = 5;
/** So long the log may take to find out that its disk is well again. */
const TRIAL_MS = 120_000;
const TRIES = 4;

/** Plays one history of an embedded log: appended to, read by a reader that remembers its place, over a failing disk. */
export async function playLog(seed: number, lines = 60): Promise<Played> {
  const world = new LogWorld(seed, lines);
  const { time, random, trace, tally } = world;
  const restore = takeOver(world);
  try {
    world.boot();
    for (let i = 0; i < APPENDS; i++) time.later(random.next() * BUSY_MS, () => world.append(1 + random.int(10)));
    for (let at = 500; at < BUSY_MS; at += 1500) time.later(at, () => world.reader.readOn());
    startFaults(world);
    await time.pass(BUSY_MS);
    healDisk(world);
    // Nobody appends: the log finds out by itself that it can.
    await time.pass(TRIAL_MS, () => world.life?.log !== undefined && world.life.log.stats().failure === undefined);
    const failure = world.life?.log === undefined ? 'not open' : world.life.log.stats().failure;
    if (failure !== undefined) world.broken.push(`the log is not well again: ${failure}`);
    await settle(world);
    return { seed, broken: verdict(world), hash: trace.hash, lines: trace.lines, counts: tally.by };
  } finally {
    restore();
  }
}

/** What is there is read, then what is appended after that: once its reader has read it, a full log has room. */
async function settle(world: LogWorld): Promise<void> {
  const { time, acknowledged, broken } = world;
  const before = acknowledged.size;
  for (let tries = 0; tries < TRIES && acknowledged.size === before; tries++) {
    world.reader.readOn(false);
    await time.pass(5000);
    world.append(5);
    await time.pass(5000);
  }
  if (acknowledged.size === before) broken.push('the log takes nothing although all of it is read');
  world.reader.readOn(false);
  await time.pass(5000);
  world.tally.add('log events deleted', world.deletedEvents);
}

function startFaults(world: LogWorld): void {
  const { random, time } = world;
  for (let i = 0; i < FAULTS; i++) {
    const { name, begin } = random.pick(DISK_FAULTS);
    time.later(random.next() * BUSY_MS, () => {
      world.note(`begins: ${name}`);
      world.tally.add(`fault ${name}`);
      const end = begin(world);
      if (end === undefined) return;
      time.later(500 + random.int(8000), () => {
        world.note(`ends: ${name}`);
        end();
      });
    });
  }
  for (let i = 0; i <= random.int(3); i++) {
    const how = random.pick(DEATHS);
    time.later(random.next() * BUSY_MS, () => world.restart(how));
  }
}

/** What was acknowledged is read, once, under its own number, but for what is deleted because somebody has asked for it. */
function verdict({ broken, acknowledged, read, unreadable, mostPending, retention, deletedEvents }: LogWorld): string[] {
  const missing = [...acknowledged].filter(([id, sequence]) => read.get(sequence) !== id && !unreadable.has(id));
  const others = missing.filter(([, sequence]) => read.has(sequence));
  const isToldDeleted = retention?.whenFull !== 'refuse' && others.length === 0 && missing.length <= deletedEvents;
  for (const [id, sequence] of isToldDeleted ? [] : missing)
    broken.push(`${id} was acknowledged as number ${sequence}, where there is ${read.get(sequence) ?? 'nothing'}`);
  if (new Set(acknowledged.values()).size < acknowledged.size) broken.push('a number was given out twice');
  if (mostPending > PENDING_BYTES) broken.push(`${mostPending} bytes waited for the disk`);
  return broken;
}
