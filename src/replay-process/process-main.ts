import { environment } from '../config/environment.js';
import { fail } from '../fail.js';
import { lowerPriority } from './lower-priority.js';
import { endWithParent } from './orphan.js';

// First, while next to nothing is loaded: a gateway's start is a second of work.
lowerPriority();
// Told to stop by the process that serves, once nothing comes any more; a terminal's Ctrl-C reaches both.
process.on('SIGTERM', () => {}).on('SIGINT', () => {});
const { serveRecordings } = await import('./process-gateway.js');
const app = await serveRecordings(process, environment).catch(fail);
endWithParent(() => app.close());
