export type { Cause, Refusal } from './cause.js';
export { causeNameOf, CAUSE_NAMES, CAUSES, type CauseName } from './causes.js';
export { REFUSALS, type RefusalName } from './refusals.js';
