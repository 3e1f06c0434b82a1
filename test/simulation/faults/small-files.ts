import { DEATHS } from './deaths.js';
import type { Fault, Machine } from './fault.js';

const LONG_MS = 40_000;

/** A process ends, and the next one is not told for a while how far it was, or how old everything is: so long, now and then, that it is given up. */
export const SMALL_FILES_FAULT: Fault<Machine> = {
  name: 'small files cannot be read',
  begin: (machine) => {
    const { troubles, random, time } = machine;
    troubles.unreadable = /\/(cursor|state)\.json$/;
    machine.restart(random.pick(DEATHS));
    const longer = random.chance(0.3) ? LONG_MS : 0;
    return () => time.later(longer, () => (troubles.unreadable = undefined));
  },
};
