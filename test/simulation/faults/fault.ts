import type { World } from '../world/world.js';

export interface Fault {
  readonly name: string;
  /** @returns what ends it; undefined for what is over in a moment */
  readonly begin: (world: World) => (() => void) | undefined;
}
