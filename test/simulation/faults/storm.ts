import type { World } from '../world/world.js';
import { ANY_ANSWER, BROKER_FAULTS } from './broker-faults.js';
import { DEATHS } from './deaths.js';
import { DISK_FAULTS, healDisk } from './disk-faults.js';
import type { Fault } from './fault.js';

const FEWEST_FAULTS = 6;
const LONGEST_MS = 12_000;

export const FAULTS: readonly Fault[] = [...BROKER_FAULTS, ...DISK_FAULTS];
/** As they are counted. */
export const FAULT_NAMES: readonly string[] = [...FAULTS.map(({ name }) => name), ...DEATHS].map((name) => `fault ${name}`);

/** Faults at any time of the plan's, several at once, and at least one death. */
export function startFaults(world: World): void {
  const { random, time, plan } = world;
  // Every history has its error codes.
  const faults = [ANY_ANSWER, ...Array.from({ length: FEWEST_FAULTS - 1 + random.int(5) }, () => random.pick(FAULTS))];
  for (const { name, begin } of faults) {
    time.later(random.next() * plan.busyMs, () => {
      world.note(`begins: ${name}`);
      world.tally.add(`fault ${name}`);
      const end = begin(world);
      if (end === undefined) return;
      time.later(500 + random.int(LONGEST_MS), () => {
        world.note(`ends: ${name}`);
        end();
      });
    });
  }
  const deaths = Array.from({ length: 1 + random.int(3) }, () => random.pick(DEATHS));
  for (const how of deaths) time.later(random.next() * plan.busyMs, () => world.restart(how));
}

/** All is well again. */
export function heal(world: World): void {
  const { cluster, time } = world;
  for (const node of cluster.nodes) {
    node.isDown = false;
    node.slowestMs = 5;
    node.thaw();
  }
  for (const partition of cluster.partitions) partition.isOffline = false;
  cluster.away.clear();
  cluster.isStormy = false;
  cluster.clockAheadMs = 0;
  time.wallSteps = 0;
  healDisk(world);
}
