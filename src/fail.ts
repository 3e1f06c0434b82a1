import { SettingError } from '@app/config';
import { EXIT } from './commands/command.js';
import { environment } from './config/environment.js';

/** The one way out of a boot or a command that cannot succeed: its reason on stderr, exit code 2. */
export async function fail(error: unknown): Promise<never> {
  process.stderr.write(`${await reasonToStop(error)}\n`);
  process.exit(EXIT.cannotRun);
}

/** One sentence for what an operator can mend, and the stack of what only we can. */
async function reasonToStop(error: unknown): Promise<string> {
  if (error instanceof SettingError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('syscall' in error) {
    // Only now: it loads the settings of all rooms.
    const { listenFailure } = await import('./listen-failure.js');
    const text = listenFailure(error as NodeJS.ErrnoException, environment);
    if (text !== undefined) return text;
  }
  return error.stack ?? error.message;
}
