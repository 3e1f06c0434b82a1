import { Injectable, Logger, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { SettingError } from '@app/config';
import type { Redis } from 'ioredis';
import { openRedis } from './open-redis.js';
import { RedisSource } from './redis-source.js';
import { RedisConfig } from './redis.config.js';
import { OwnReads, SharedReads } from './shared-reads.js';

/** Stops the boot: something is configured to be read from Redis, and no Redis is named. */
export class MissingRedisUrlError extends SettingError {
  override readonly name = 'MissingRedisUrlError';

  constructor(neededBy: string) {
    super(`${neededBy} needs REDIS_URL, which is not set: set it to redis://host:port, or unset ${neededBy.split('=')[0]}`);
  }
}

/** The process's connections to Redis: one a URL, shared by all rooms. That Redis is down or slow stops nothing. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  private readonly byUrl = new Map<string, Redis>();

  constructor(
    private readonly config: RedisConfig,
    @Optional() private readonly reads: SharedReads = new OwnReads(),
  ) {}

  /**
   * Keys get REDIS_KEY_PREFIX by themselves. Commands fail fast: catch, keep what you have, try again later.
   *
   * @param neededBy the setting that asks for it, for the error
   * @param url a Redis of its own; REDIS_URL otherwise
   * @throws MissingRedisUrlError
   */
  open(neededBy: string, url: string | undefined = this.config.url): Redis {
    if (url === undefined) throw new MissingRedisUrlError(neededBy);
    let redis = this.byUrl.get(url);
    if (redis === undefined) {
      redis = openRedis(url, this.config, {
        onReady: () => this.logger.log('connected'),
        onLost: (reason) => this.logger.warn(`not reachable (${reason}); going on with what is known`),
      });
      this.byUrl.set(url, redis);
    }
    return redis;
  }

  /**
   * The same, for what is read every `refreshMs`: workers of one gateway have it read once for all of them.
   *
   * @throws MissingRedisUrlError
   */
  openSource(neededBy: string, refreshMs: number, url: string | undefined = this.config.url): RedisSource {
    const redis = this.open(neededBy, url);
    return new RedisSource(redis, url ?? '', this.reads, refreshMs);
  }

  onApplicationShutdown(): void {
    for (const redis of this.byUrl.values()) redis.disconnect();
  }
}
