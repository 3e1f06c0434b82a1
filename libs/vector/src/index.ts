export { escapeText, writeEscaped } from './escape.js';
export { itemsTape, knowKeys, scanTape, type KeyIds, type Tape, type TapeLimits } from './scan.js';
