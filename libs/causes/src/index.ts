export type { Cause, Refusal } from './cause.js';
export { causeNameOf, causeOf, CAUSES, type CauseName } from './causes.js';
export { REFUSALS, type RefusalName } from './refusals.js';
