import type { Cause, Refusal } from './cause.js';
import { DROPS } from './drops.js';
import { FINER_CAUSES } from './finer-causes.js';
import { REFUSALS } from './refusals.js';
import { STRICT_CAUSES } from './strict-causes.js';

/** Everything that can become of a request or an event, other than being stored as it was meant. */
export const CAUSES: Readonly<Record<CauseName, Cause & Partial<Refusal>>> = { ...REFUSALS, ...FINER_CAUSES, ...DROPS, ...STRICT_CAUSES };

export type CauseName = keyof typeof REFUSALS | keyof typeof FINER_CAUSES | keyof typeof DROPS | keyof typeof STRICT_CAUSES;

/** In the order of their names. */
export const CAUSE_NAMES = (Object.keys(CAUSES) as CauseName[]).toSorted();

/** Of events over a quota the cause names the resource first: all have one page. */
const OVER_QUOTA = /^[a-z_]{1,64}_over_quota$/;

/** @returns the cause of that name; undefined for a cause that an extension has of its own */
export function causeNameOf(name: string): CauseName | undefined {
  if (Object.hasOwn(CAUSES, name)) return name as CauseName;
  return OVER_QUOTA.test(name) || name === 'billing_limit_exceeded' ? 'over_quota' : undefined;
}
