import { environment } from './config/environment.js';
import { takeMemory } from './memory/take-memory.js';

// First, while next to nothing is loaded: it may start this process anew, with flags that cannot be set later.
takeMemory(environment);
await import('./start.js');
