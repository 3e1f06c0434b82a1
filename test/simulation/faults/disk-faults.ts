import { SECTOR_BYTES } from '@app/spool/testing';
import type { Fault, Machine } from './fault.js';
import { SMALL_FILES_FAULT } from './small-files.js';

const PAGE_BYTES = 4096;
const LONGEST_MARK = 16;
const LONGEST_HEAD = 500;

export const DISK_FAULTS: readonly Fault<Machine>[] = [
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
  {
    name: 'reads fail',
    begin: ({ troubles }) => {
      troubles.readError = 'EIO';
      return () => (troubles.readError = undefined);
    },
  },
  {
    name: 'a sector cannot be read',
    begin: (world) => {
      const segments = [...world.medium.files()].filter(({ name, size }) => name.endsWith('.seg') && size >= PAGE_BYTES);
      if (segments.length === 0) return undefined;
      const segment = world.random.pick(segments);
      // On a page that is full: nothing is written to it any more.
      const sector = world.random.int((Math.floor(segment.size / PAGE_BYTES) * PAGE_BYTES) / SECTOR_BYTES);
      segment.breakSector(sector);
      for (const id of idsOfPage(segment.bytes, sector * SECTOR_BYTES)) world.unreadable.add(id);
      // Now and then it comes back.
      return world.random.chance(0.5) ? () => segment.mendSectors() : undefined;
    },
  },
  SMALL_FILES_FAULT,
];

/** Whose bytes are on a page, some of them at least: all of it is lost with one sector. */
function idsOfPage(bytes: Buffer, position: number): string[] {
  const from = position - (position % PAGE_BYTES);
  // Where a value begins behind the page, its record may begin on it.
  const text = bytes.toString('latin1', Math.max(0, from - LONGEST_MARK), from + PAGE_BYTES + LONGEST_HEAD);
  return [...text.matchAll(/<(m\d+)>/g)].map(([, id]) => id);
}

/** All of it is well again, but for sectors that are lost. */
export function healDisk(machine: Machine): void {
  const well = { slowness: 1, writeError: undefined, syncError: undefined, readError: undefined, unreadable: undefined };
  Object.assign(machine.troubles, well);
  machine.medium.capacity = Infinity;
  unhang(machine);
}

function unhang({ troubles, lives }: Machine): void {
  troubles.isHanging = false;
  for (const { disk } of lives) disk.unhang();
}
