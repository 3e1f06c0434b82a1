import { SimulatedDisk } from '@app/spool/testing';
import { heal, startFaults } from './faults/storm.js';
import { parkedIds } from './verdict/parked-ids.js';
import { judgeHealth } from './verdict/judge-health.js';
import { verdict } from './verdict/verdict.js';
import { refusalOf, startSenders, startTrickle } from './world/senders.js';
import { resultIn } from './world/result-in.js';
import { takeOver } from './world/take-over.js';
import { World } from './world/world.js';

export interface Played {
  readonly seed: number;
  /** What was promised and not kept, in words. */
  readonly broken: readonly string[];
  /** The same for the same history. */
  readonly hash: string;
  readonly lines: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** So long it may take until nothing is left in the spool when all is well again. */
const PATIENCE_MS = 600_000;

/** Plays one history: the same for the same seed. @param lines how many of its last ones are kept of what happened */
export async function play(seed: number, lines = 60): Promise<Played> {
  const world = new World(seed, lines);
  const { time, cluster } = world;
  const restore = takeOver(world);
  try {
    cluster.refuse = refusalOf;
    world.boot();
    startSenders(world);
    startFaults(world);
    await time.pass(world.plan.busyMs);
    heal(world);
    await time.pass(15_000);
    heal(world);
    startTrickle(world);
    await time.pass(PATIENCE_MS, () => world.gateway?.isIdle === true);
    await judgeHealth(world);
    const disk = new SimulatedDisk(world.medium, world.troubles, time, world.random, { isAlive: true });
    const parked = await resultIn(time, 60_000, parkedIds(disk));
    const broken = verdict(world, parked ?? new Set());
    count(world);
    return { seed, broken, hash: world.trace.hash, lines: world.trace.lines, counts: world.tally.by };
  } finally {
    restore();
  }
}

function count({ tally, books, lives }: World): void {
  tally.add('messages', books.sent.length);
  for (const answer of ['none', 'kafka', 'spool', 'refused'] as const) tally.add(`answered ${answer}`, books.count(answer));
  tally.add('lives', lives.length);
  for (const { counts, hasLostPlace } of lives) {
    if (hasLostPlace) tally.add('lives that lost a cursor');
    tally.add('spool expired', counts.expiredCount);
    tally.add('spool told lost', counts.lost);
    tally.add('spool told lost at most', counts.lostAtMost);
  }
}
