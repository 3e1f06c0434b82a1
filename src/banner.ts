import { getHeapStatistics } from 'node:v8';
import { SpoolConfig } from '@app/spool';
import { connectionRoomOf } from './connection-room-of.js';
import { GatewayConfig } from './config/gateway.config.js';
import type { Config } from './config/load-config.js';
import { memoryLimit } from './memory/memory-limit.js';

/** What a newcomer needs next: where it listens, a request to try, where events go. */
export function banner(listening: string, config: Config, workers = 1): string {
  const url = listening.replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost');
  return [
    '',
    `Inlet listens on ${url}${workers > 1 ? ` with ${workers} workers` : ''}`,
    `  try:     curl -X POST ${url}/i/v0/e/ -H 'content-type: application/json' -d '{"api_key":"phc_try","event":"hello","distinct_id":"me"}'`,
    `  events:  ${destination(config)}`,
    `  memory:  ${memory(workers)}`,
    `  clients: ${connections(config, workers)}`,
    '',
  ].join('\n');
}

function destination(config: Config): string {
  if (config.get(GatewayConfig).output === 'kafka') return 'Kafka';
  return `${config.get(SpoolConfig).dataDir}/log on this disk; npm run tail -- --follow shows them`;
}

/** By what V8 says, whoever has set it: flags of the operator's count for more than ours. */
function memory(workers: number): string {
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const limit = memoryLimit();
  const heap = `a heap of ${mib(getHeapStatistics().heap_size_limit)} at most${workers > 1 ? ' for each worker' : ''}`;
  return limit === undefined ? `${heap}; nothing limits this process` : `${heap}, in a container that may use ${mib(limit)}`;
}

function connections(config: Config, workers: number): string {
  const { limit, loweredBy } = connectionRoomOf(config, workers);
  const each = `${limit} connections at most${workers > 1 ? ' for each worker' : ''}`;
  return loweredBy === undefined ? each : `${each}: MAX_CONNECTIONS is lowered to what the limit of ${loweredBy} holds`;
}
