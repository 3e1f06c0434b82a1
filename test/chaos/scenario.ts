import type { Stage } from './stage.ts';
import type { Row } from './verdict/row.ts';
import type { World } from './world.ts';

export interface Scenario {
  readonly name: string;
  /** One sentence: what a green row shows. */
  readonly proves: string;
  /** In the version of four minutes. */
  readonly isShort: boolean;
  /** How long it takes when that is hours; such a scenario runs only when it is named. */
  readonly minutes?: number;
  /** It mounts file systems: only as root on Linux; it is skipped, and says so, elsewhere. */
  readonly mounts?: boolean;
  /** What the world holds is shared, and left as it was found. */
  readonly run: (stage: Stage, world: World) => Promise<Row>;
}
