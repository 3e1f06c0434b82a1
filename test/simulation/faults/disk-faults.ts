import type { World } from '../world/world.js';
import type { Fault } from './fault.js';

export const DISK_FAULTS: readonly Fault[] = [
  {
    name: 'the disk is slow',
    begin: ({ troubles }) => {
      troubles.slowness = 200;
      return () => (troubles.slowness = 1);
    },
  },
  {
    name: 'the disk hangs',
    begin: (world) => {
      world.troubles.isHanging = true;
      return () => unhang(world);
    },
  },
  {
    name: 'the disk is full',
    begin: ({ medium, random }) => {
      let used = 0;
      for (const file of medium.files()) used += file.size;
      medium.capacity = used + random.int(3000);
      return () => (medium.capacity = Infinity);
    },
  },
  {
    name: 'writes fail',
    begin: ({ troubles }) => {
      troubles.writeError = 'EIO';
      return () => (troubles.writeError = undefined);
    },
  },
  {
    name: 'syncs fail',
    begin: ({ troubles }) => {
      troubles.syncError = 'EIO';
      return () => (troubles.syncError = undefined);
    },
  },
];

export function unhang({ troubles, lives }: World): void {
  troubles.isHanging = false;
  for (const { disk } of lives) disk.unhang();
}
