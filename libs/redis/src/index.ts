export { MissingRedisUrlError, RedisConnections } from './redis-connections.js';
export { OwnReads, SharedReads, type SharedRead } from './shared-reads.js';
export { RedisSource } from './redis-source.js';
export { RedisConfig } from './redis.config.js';
export { RedisModule } from './redis.module.js';
