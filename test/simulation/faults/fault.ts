import type { DiskTroubles, SimulatedDisk, SimulatedMedium } from '@app/spool/testing';
import type { SeededRandom, VirtualTime } from '@app/testing';
import type { Death, World } from '../world/world.js';

export interface Fault<Place = World> {
  readonly name: string;
  /** @returns what ends it; undefined for what is over in a moment */
  readonly begin: (place: Place) => (() => void) | undefined;
}

/** What a fault of the disk is about. */
export interface Machine {
  readonly random: SeededRandom;
  readonly time: VirtualTime;
  readonly medium: SimulatedMedium;
  readonly troubles: DiskTroubles;
  /** Ids of messages whose bytes the disk has lost. */
  readonly unreadable: Set<string>;
  /** Processes that have run on it. */
  readonly lives: readonly { readonly disk: SimulatedDisk }[];
  /** The process ends, and another one begins a little later. */
  restart(how: Death): void;
}
