import { availableParallelism } from 'node:os';
import type { GatewayConfig } from '../config/gateway.config.js';

/**
 * How many processes serve. `auto` is one for each core that this process may use, by its affinity and by the container's
 * CPU limit; one for the embedded log, which has a single writer.
 */
export function workerCount(
  { workers, output }: Pick<GatewayConfig, 'workers' | 'output'>,
  cores: number = availableParallelism(),
): number {
  if (workers !== 'auto') return Number(workers);
  return output === 'embedded' ? 1 : cores;
}
