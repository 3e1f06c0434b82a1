import type { Death } from '../world/world.js';
import type { Fault } from './fault.js';

export const DEATHS: readonly Fault[] = (['SIGTERM', 'SIGKILL', 'power lost'] satisfies Death[]).map((how) => ({
  name: how,
  begin: (world) => {
    world.restart(how);
    return undefined;
  },
}));
