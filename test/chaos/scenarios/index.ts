import type { Scenario } from '../scenario.ts';
import { BROKER_SCENARIOS } from './broker.ts';
import { CLUSTER_SCENARIOS } from './cluster.ts';
import { DAMAGE_SCENARIOS } from './damage.ts';
import { DEATH_SCENARIOS } from './death.ts';
import { DISK_SCENARIOS } from './disk.ts';
import { HOSTILE_SCENARIOS } from './hostile.ts';
import { NETWORK_SCENARIOS } from './network.ts';
import { PRESSURE_SCENARIOS } from './pressure.ts';
import { REDIS_SCENARIOS } from './redis.ts';
import { SCALE_SCENARIOS } from './scale.ts';
import { SOAK_SCENARIOS } from './soak.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...BROKER_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...DEATH_SCENARIOS,
  ...SCALE_SCENARIOS,
  ...DAMAGE_SCENARIOS,
  ...DISK_SCENARIOS,
  ...PRESSURE_SCENARIOS,
  ...REDIS_SCENARIOS,
  ...HOSTILE_SCENARIOS,
  ...CLUSTER_SCENARIOS,
  ...SOAK_SCENARIOS,
];
