import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readConfig, type Environment } from '@app/config';
import { LOCK_FILE } from './directory-lock.js';
import { EMBEDDED_LOG_SUBDIRECTORY } from './embedded-log.js';
import { SpoolConfig } from './spool.config.js';
import { reasonOf } from './storage-error.js';
import { tail, type TailOutput } from './tail.js';
import { parseTailOptions, TAIL_USAGE, TailUsageError } from './tail-options.js';

/** `npm run tail`. @returns the exit code: 0 done or interrupted, 1 no log there, 2 wrong usage */
export async function tailMain(argv: readonly string[], env: Environment): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  // The reader of our output has gone (`| head`): that is an end, not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  try {
    const options = parseTailOptions(argv, readConfig(SpoolConfig, env).config.dataDir);
    if (!options) return say(TAIL_USAGE, 0);
    const directory = await logDirectory(options.directory);
    if (!directory)
      return say(`no embedded log in ${resolve(options.directory)}: start the gateway first, or name its DATA_DIR with --dir`, 1);
    await tail(directory, options, STDOUT, stop.signal);
    return 0;
  } catch (error) {
    if (error instanceof TailUsageError) return say(`${error.message}\n\n${TAIL_USAGE}`, 2);
    return say(reasonOf(error), 1);
  }
}

const STDOUT: TailOutput = {
  async line(text) {
    if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
  },
  warn: (text) => void say(text, 0),
};

function say(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode;
}

/** The data directory, or the log's own directory inside it: either is what an operator may name. A log has a lock file. */
async function logDirectory(named: string): Promise<string | undefined> {
  for (const directory of [join(resolve(named), EMBEDDED_LOG_SUBDIRECTORY), resolve(named)]) {
    const found = await stat(join(directory, LOCK_FILE)).catch(() => undefined);
    if (found?.isFile()) return directory;
  }
  return undefined;
}
