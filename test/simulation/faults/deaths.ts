import type { Death } from '../world/world.js';

export const DEATHS: readonly Death[] = ['SIGTERM', 'SIGKILL', 'power lost'];
