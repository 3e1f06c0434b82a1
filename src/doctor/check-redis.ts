import { Redis } from 'ioredis';
import { RedisConfig } from '@app/redis';
import { QuotaConfig, RestrictionsConfig, GlobalRateLimitConfig } from '@app/quota';
import { TokenConfig } from '@app/token';
import type { Config } from '../config/load-config.js';
import { about, type Finding } from './finding.js';
import { judgeSkew } from './judge-skew.js';

const { ok, warning, fault } = about('redis');
export async function checkRedis(config: Config): Promise<Finding[]> {
  const needed = needsRedis(config);
  const own = config.get(RedisConfig).url;
  const others = [config.get(RestrictionsConfig).redisUrl, config.get(GlobalRateLimitConfig).redisUrl];
  const urls = [...new Set([own, ...others])].filter((url) => url !== undefined);
  const missing = own === undefined ? needed.map((setting) => fault(`${setting} cannot work without Redis; set REDIS_URL`)) : [];
  if (urls.length === 0 && missing.length === 0) return [ok('no setting asks for Redis')];
  const { connectionTimeoutMs } = config.get(RedisConfig);
  return [...missing, ...(await Promise.all(urls.map((url) => ask(url, connectionTimeoutMs)))).flat()];
}

async function ask(url: string, connectTimeout: number): Promise<Finding[]> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout, retryStrategy: () => null, protocol: 2, maxRetriesPerRequest: 0 });
  let reason = 'no answer';
  redis.on('error', (error: NodeJS.ErrnoException) => (reason = error.code ?? error.message));
  try {
    await redis.connect();
    const before = Date.now();
    const [seconds, micros] = (await redis.time()).map(Number);
    const skew = Math.round((before + Date.now()) / 2 - (seconds * 1000 + micros / 1000));
    return [ok('Redis answers'), judgeSkew('redis', 'Redis', skew)];
  } catch {
    return [warning(`Redis does not answer (${reason}); the gateway starts and accepts without its limits and projects, so bring it back`)];
  } finally {
    redis.disconnect();
  }
}

/** Settings that ask for REDIS_URL, having no URL of their own. */
function needsRedis(config: Config): string[] {
  const [restrictions, limiter] = [config.get(RestrictionsConfig), config.get(GlobalRateLimitConfig)];
  return [
    config.get(TokenConfig).source === 'redis' && 'PROJECT_SOURCE=redis',
    config.get(QuotaConfig).source === 'redis' && 'QUOTA_SOURCE=redis',
    config.get(QuotaConfig).mode === 'count' && 'QUOTA_MODE=count',
    restrictions.isEnabled && restrictions.redisUrl === undefined && 'EVENT_RESTRICTIONS_ENABLED',
    limiter.isEnabled && limiter.redisUrl === undefined && 'GLOBAL_RATE_LIMIT_ENABLED',
  ].filter((setting) => setting !== false);
}
