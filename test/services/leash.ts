import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/**
 * A child on a leash dies with us, even when we are killed outright: the shell beside it reads a pipe that only we
 * hold, and kills the child when the pipe ends. Without it an interrupted test run would leave brokers behind.
 */
const LEASH = 'exec 3<&0; "$@" </dev/null 3<&- & child=$!; (cat <&3 >/dev/null; kill -9 $child 2>/dev/null) & exec 3<&-; wait $child';

export interface Leashed {
  /** Rejects with the last lines of the log if the process ends by itself before it is stopped. */
  readonly ended: Promise<never>;
  /** Kills it outright (what it stores is temporary) and resolves once it is gone. */
  stop(): Promise<void>;
}

export function startOnLeash(command: string, args: readonly string[], options: { log: string; env?: NodeJS.ProcessEnv }): Leashed {
  const log = openSync(options.log, 'a');
  const shell = spawn('/bin/sh', ['-c', LEASH, 'sh', command, ...args], {
    stdio: ['pipe', log, log],
    env: options.env ?? process.env,
    // Its own process group: Ctrl-C in a terminal reaches us alone, and we stop the children in order.
    detached: true,
  });
  closeSync(log);
  const exited = exitOf(shell);
  let isStopped = false;
  const ended = exited.then((status) => {
    if (isStopped) return new Promise<never>(() => {});
    throw new Error(`${command} ended by itself (${status})`);
  });
  ended.catch(() => {});
  return {
    ended,
    async stop() {
      isStopped = true;
      shell.stdin?.end();
      await exited;
    },
  };
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}
