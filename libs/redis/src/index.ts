export { MissingRedisUrlError, RedisConnections } from './redis-connections.js';
export { RedisConfig } from './redis.config.js';
export { RedisModule } from './redis.module.js';
