import { Worker } from 'node:worker_threads';

/** How long a process whose parent has died may take to send or store what it has. */
const LAST_SECONDS = 15;

/** In a thread of its own, so that it looks whatever this process is doing. */
const WATCH = `
  const parent = process.ppid;
  let seconds = 0;
  setInterval(() => {
    if (process.ppid !== parent && ++seconds > ${LAST_SECONDS}) process.kill(process.pid, 'SIGKILL');
  }, 1000);
`;

/**
 * Ends this process when the one that started it has died without telling it to stop: in order, or for certain a while later. Whoever
 * would have ended it otherwise is gone. 7 MiB.
 *
 * @param close resolves when all that it has is with the brokers or stored
 */
export function endWithParent(close: () => Promise<unknown>): void {
  const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };
  new Worker(WATCH, { eval: true, name: 'orphan', resourceLimits })
    // Without it all goes on as well, but for a process that hangs.
    .on('error', () => {})
    .unref();
  const end = () => void close().finally(() => process.exit(0));
  if (!process.connected) return end();
  process.once('disconnect', end);
}
