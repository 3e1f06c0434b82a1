import { existsSync } from 'node:fs';
import { defineCommand, EXIT, UsageError } from './command.js';

export const configCommand = defineCommand({
  about: 'Lists every environment variable with its default and its meaning.',
  options: {
    write: { type: 'boolean', default: false, help: 'in a checkout: renew what is derived from them in the docs and the chart' },
  },
  exits: { 0: 'done', 2: 'it cannot run' },
  examples: ['config', 'config --write'],
  async run({ write }) {
    const { printConfig, writeConfig } = await import('../config/print-config.js');
    if (!write) printConfig();
    else if (existsSync('helm/values.yaml')) writeConfig();
    else throw new UsageError('--write: this is not a checkout, there is no helm/values.yaml in it');
    return EXIT.done;
  },
});
