import { parentPort, workerData } from 'node:worker_threads';
import { lowerPriority } from './lower-priority.js';
import type { ThreadStart } from './thread-request.js';

// First, while next to nothing is loaded: a gateway's start is a second of work.
lowerPriority();
const { serveThread } = await import('./thread-gateway.js');
await serveThread(parentPort!, workerData as ThreadStart);
