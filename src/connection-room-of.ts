import { connectionRoom, ConnectionsConfig, openFilesLimit, type ConnectionRoom } from '@app/connections';
import { GatewayConfig } from './config/gateway.config.js';
import type { Config } from './config/load-config.js';
import { memoryLimit } from './memory/memory-limit.js';
import { workerCount } from './workers/worker-count.js';

/** Of one process; a worker knows by WORKERS how many share the container. */
export function connectionRoomOf(config: Config, workers: number = workerCount(config.get(GatewayConfig))): ConnectionRoom {
  const memory = memoryLimit();
  return connectionRoom({
    wanted: config.get(ConnectionsConfig).maxConnections,
    memory: memory === undefined ? undefined : memory / workers,
    openFiles: openFilesLimit(),
  });
}
