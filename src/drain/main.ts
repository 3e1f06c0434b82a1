import { runInlet } from '../commands/run-inlet.js';

// What installations have called before there was `inlet drain`.
await runInlet(['drain', ...process.argv.slice(2)]);
