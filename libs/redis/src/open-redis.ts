import { Redis } from 'ioredis';
import type { RedisConfig } from './redis.config.js';

const MAX_RECONNECT_DELAY_MS = 2000;

/** What a connection tells its owner; state changes only. */
export interface RedisEvents {
  readonly onReady: () => void;
  /** @param reason an error's code or name, never a URL */
  readonly onLost: (reason: string) => void;
}

/**
 * A connection that is for ever tried again and never throws by itself. A command is answered, refused at once
 * (no connection) or given up after `responseTimeoutMs`; it is never kept for later, because an increment that is sent
 * a second time counts twice.
 */
export function openRedis(url: string, config: RedisConfig, { onReady, onLost }: RedisEvents): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    keyPrefix: config.keyPrefix,
    connectTimeout: config.connectionTimeoutMs,
    commandTimeout: config.responseTimeoutMs,
    // A frozen server keeps its sockets: without this, commands given up would pile up behind it for ever.
    socketTimeout: config.connectionTimeoutMs,
    // Every server and proxy speaks it; answers are the same.
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(100 * attempt, MAX_RECONNECT_DELAY_MS),
  });
  let state: 'new' | 'ready' | 'lost' = 'new';
  let reason = 'closed';
  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.name;
  });
  redis.on('ready', () => {
    state = 'ready';
    onReady();
  });
  redis.on('close', () => {
    if (state !== 'lost' && redis.status !== 'end') onLost(reason);
    state = 'lost';
  });
  redis.connect().catch(() => {});
  return redis;
}
