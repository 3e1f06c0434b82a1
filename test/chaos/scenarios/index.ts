import type { Scenario } from '../scenario.ts';
import { BROKER_SCENARIOS } from './broker.ts';
import { DEATH_SCENARIOS } from './death.ts';
import { NETWORK_SCENARIOS } from './network.ts';

export const SCENARIOS: readonly Scenario[] = [...BROKER_SCENARIOS, ...NETWORK_SCENARIOS, ...DEATH_SCENARIOS];
