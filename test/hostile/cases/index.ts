import type { HostileCase } from './case.js';
import { CONNECTIONS } from './connections.js';
import { ELEMENTS } from './elements.js';
import { HONEST } from './honest.js';
import { MULTIPART } from './multipart.js';
import { RECORDINGS } from './recordings.js';
import { STALLS } from './stalls.js';

export const CASES: readonly HostileCase[] = [...HONEST, ...ELEMENTS, ...MULTIPART, ...RECORDINGS, ...STALLS, ...CONNECTIONS];
