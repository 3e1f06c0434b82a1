import type { DiskTroubles, SimulatedMedium } from '@app/spool/testing';
import type { SeededRandom, VirtualTime } from '@app/testing';

/** What a process finds around it. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly medium: SimulatedMedium;
  readonly troubles: DiskTroubles;
  readonly note: (line: string) => void;
}
