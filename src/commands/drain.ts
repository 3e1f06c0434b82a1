import { defineCommand, UsageError } from './command.js';

/** Timers of Node end there. */
const MOST_SECONDS = 2_000_000;

export const drainCommand = defineCommand({
  about: `Sends what lies in the spool (SPOOL_DIR, or DATA_DIR/spool) to KAFKA_HOSTS, for a volume that no gateway has any more.
--look and --parked also work beside a gateway.`,
  options: {
    seconds: { type: 'string', default: '3600', value: 'N', help: 'give up after that; what is not delivered stays where it is' },
    look: { type: 'boolean', default: false, help: 'only say what is there' },
    parked: {
      type: 'string',
      value: 'retry|discard',
      help: 'the events that neither their topic nor KAFKA_DLQ_TOPIC took: send them once more, or delete them',
    },
    json: { type: 'boolean', default: false, help: 'print one JSON object' },
  },
  exits: { 0: 'nothing waits any more', 1: 'something does, and why', 2: 'it cannot run, or there is no spool' },
  examples: ['drain --look', 'drain --seconds 600', 'drain --parked retry'],
  async run({ seconds: given, look: isLook, parked, json }) {
    const seconds = Number(given);
    if (!(seconds > 0 && seconds <= MOST_SECONDS)) throw new UsageError(`--seconds ${given}: a number above 0, at most ${MOST_SECONDS}`);
    if (parked !== undefined && parked !== 'retry' && parked !== 'discard') throw new UsageError(`--parked ${parked}: retry or discard`);
    if (parked !== undefined && isLook) throw new UsageError('--look and --parked: one of them');
    const { drainAndTell } = await import('../drain/drain-and-tell.js');
    return drainAndTell({ seconds, json, what: isLook ? 'look' : (parked ?? 'all') });
  },
});
