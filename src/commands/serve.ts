import { defineCommand } from './command.js';

export const serveCommand = defineCommand({
  about: 'Runs the gateway until it gets SIGTERM or SIGINT. Environment variables configure it: `inlet config` lists them.',
  options: {},
  exits: { 0: 'it was told to stop, and has stopped', 2: 'it cannot start: one sentence says why' },
  examples: ['serve', 'doctor && PORT=8000 inlet serve'],
  async run() {
    await import('../main.js');
    return undefined;
  },
});
