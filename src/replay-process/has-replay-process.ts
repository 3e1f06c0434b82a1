import { availableParallelism } from 'node:os';
import type { GatewayConfig } from '../config/gateway.config.js';
import { memoryLimit } from '../memory/memory-limit.js';
import { workerCount } from '../workers/worker-count.js';

/** Of a container, for each that serves: what a process for recordings takes beside the one that serves. */
const LEAST_BYTES = 768 * 2 ** 20;

/**
 * Whether recordings have a process of their own. `auto` gives them one where that is of use and fits: with events beside them, with
 * a core more than there are workers, and with memory for it.
 */
export function hasReplayProcess(
  { replayThread, captureMode, output, workers }: Pick<GatewayConfig, 'replayThread' | 'captureMode' | 'output' | 'workers'>,
  cores = availableParallelism(),
  limit = memoryLimit() ?? Infinity,
): boolean {
  if (replayThread !== 'auto' || output !== 'kafka') return replayThread === 'on' && captureMode !== 'events';
  const processes = workerCount({ workers, output }, cores);
  return captureMode === 'all' && cores > processes && limit / processes >= LEAST_BYTES;
}
