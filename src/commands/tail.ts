import { environment } from '../config/environment.js';
import { TAIL_OPTIONS, tailMain } from '@app/spool/tail';
import { defineCommand } from './command.js';

export const tailCommand = defineCommand({
  about: 'Prints the events of the embedded log, one JSON object a line. It works beside a gateway, and without one.',
  options: TAIL_OPTIONS,
  exits: { 0: 'done, or interrupted', 2: 'it cannot run, or there is no log' },
  examples: ['tail --follow', "tail --event '$pageview' --from 2026-11-24T10:00:00Z", 'tail --dir /var/lib/inlet --limit 10'],
  run: (values) => tailMain(values, environment),
});
