import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readConfig, type Environment } from '@app/config';
import { LOCK_FILE } from './directory-lock.js';
import { EMBEDDED_LOG_SUBDIRECTORY } from './embedded-log.js';
import { SpoolConfig } from './spool.config.js';
import { reasonOf } from './storage-error.js';
import { tail, type TailOutput } from './tail.js';
import { parseTailOptions, TailUsageError, type TailValues } from './tail-options.js';

export { TAIL_OPTIONS } from './tail-options.js';

/** `inlet tail`. @returns the exit code: 0 done or interrupted, 2 no log there, not readable, or asked wrongly */
export async function tailMain(values: TailValues, env: Environment): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  // The reader of our output has gone (`| head`): that is an end, not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  try {
    const options = parseTailOptions(values, readConfig(SpoolConfig, env).config.dataDir);
    const directory = await logDirectory(options.directory);
    if (!directory)
      return say(`no embedded log in ${resolve(options.directory)}: start the gateway first, or name its DATA_DIR with --dir`, 2);
    await tail(directory, options, STDOUT, stop.signal);
    return 0;
  } catch (error) {
    if (error instanceof TailUsageError) return say(`${error.message}\n(\`inlet tail --help\` has the options)`, 2);
    return say(reasonOf(error), 2);
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
