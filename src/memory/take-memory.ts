import type { Environment } from '@app/config';
import type { GatewayConfig } from '../config/gateway.config.js';
import { hasReplayProcess } from '../replay-process/has-replay-process.js';
import { workerCount } from '../workers/worker-count.js';
import { outputOf } from '../config/output-of.js';
import { connectionBytes } from './connection-bytes.js';
import { memoryFlags } from './memory-flags.js';
import { memoryLimit } from './memory-limit.js';
import { planMemory, type MemoryNeeds } from './memory-plan.js';

const MIB = 2 ** 20;
/** Defaults of the two rooms, which must not be loaded yet; a spec holds them together. */
export const MAX_IN_FLIGHT_BYTES = 256 * MIB;
export const KAFKA_PRODUCER_QUEUE_MIB = 400;

/** Of glibc, bytes: from which size on a buffer is apart, and how much may be free at the heap's end before it is given back. */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(1 * MIB), MALLOC_TRIM_THRESHOLD_: String(16 * MIB) };

/**
 * Node decides on its heap before it runs any of our code, and by a machine's memory: so the process replaces itself with one
 * that has the flags, under the same process id. 40 ms, once. Workers get the flags of their primary, which knows how many
 * they are. Without a way to do so (Windows, a parent's IPC channel) it goes on as it is.
 *
 * glibc gives threads arenas of their own for malloc, up to eight a core, and buffers freed in one of them do not help in
 * another: two are enough for a process that allocates in one thread. It also takes ever larger buffers from among the small ones once
 * it has seen some freed, and what was among them is not given back to the system (200 MB after fifty bodies of 20 MB at once): so it is
 * told to keep large ones apart.
 */
export function takeMemory(env: Environment): void {
  const flags = memoryFlags(planMemory(needsOf(env)), process.execArgv, env.NODE_OPTIONS);
  if (flags.length === 0 || process.execve === undefined || process.channel) return;
  const args = [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...ALLOCATOR, ...(env as Record<string, string>) });
}

/** From what is not validated yet: what is wrong is said soon after. */
export function needsOf(env: Environment): MemoryNeeds {
  const output = outputOf(env);
  const workers = workerCount({ workers: env.WORKERS || '1', output });
  const inFlight = positive(env.MAX_IN_FLIGHT_BYTES) ?? MAX_IN_FLIGHT_BYTES;
  const queue = (positive(env.KAFKA_PRODUCER_QUEUE_MIB) ?? KAFKA_PRODUCER_QUEUE_MIB) * MIB;
  const hasReplay = hasReplayProcess({
    replayThread: (env.REPLAY_THREAD || 'auto') as GatewayConfig['replayThread'],
    captureMode: (env.CAPTURE_MODE || 'all') as GatewayConfig['captureMode'],
    output,
    workers: String(workers),
  });
  const processes = workers > 0 ? workers : 1;
  return { limit: memoryLimit(), workers: processes, hasReplay, held: inFlight + connectionBytes(inFlight, processes) + queue };
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text || NaN);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
