import { runInlet } from '../commands/run-inlet.js';

// What installations have called before there was `inlet doctor`.
await runInlet(['doctor', ...process.argv.slice(2)]);
