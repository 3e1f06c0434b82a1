import { spawn } from 'node:child_process';

/**
 * Runs a command in our place: it gets our signals, we end as it ends. It has a process group of its own, so that a
 * Ctrl-C in a terminal reaches it once, through us.
 */
export function handOver(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true, ...options });
  child.once('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(
      signal,
      onceASecond(() => child.kill(signal)),
    );
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** A terminal and npm both pass a Ctrl-C on: to the command it is one. */
function onceASecond(act) {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < 1000) return;
    last = performance.now();
    act();
  };
}
