export { escapeText, writeEscaped } from './escape.js';
export { openItems, type ItemRuns } from './items.js';
export { Kernel } from './kernel.js';
export { knowKeys, type KeyIds } from './keys.js';
export { MAX_EDITS, WHOLE, type Window } from './memory.js';
export { membersTape } from './members.js';
export { AT_ONCE_BYTES } from './pool.js';
export {
  NO_EDITS,
  NO_EVENTS,
  openScan,
  OUT_OF_MEMORY,
  PayloadScan,
  TOO_DEEP,
  TOO_MANY_EDITS,
  TOO_MANY_EVENTS,
  type Fault,
  type Step,
  type Tape,
  type TapeLimits,
} from './scan.js';
