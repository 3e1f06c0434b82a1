import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Env } from '@app/config';

export class RedisConfig {
  @Env('REDIS_URL', {
    meaning:
      'Redis that projects, quotas and restrictions are read from, `redis://` or `rediss://`; needed only where a source says `redis`.',
    secret: true,
  })
  @IsOptional()
  @Matches(/^rediss?:\/\/./, { message: 'it must begin with redis:// or rediss://' })
  readonly url?: string;

  @Env('REDIS_KEY_PREFIX', { meaning: 'Put before every key in Redis.' })
  @IsString()
  readonly keyPrefix: string = '';

  @Env('REDIS_RESPONSE_TIMEOUT_MS', { meaning: 'Longest wait for an answer of Redis, milliseconds; no request ever waits for one.' })
  @IsInt()
  @Min(1)
  @Max(60_000)
  readonly responseTimeoutMs: number = 100;

  @Env('REDIS_CONNECTION_TIMEOUT_MS', { meaning: 'Longest wait for a connection to Redis, milliseconds.' })
  @IsInt()
  @Min(1)
  @Max(60_000)
  readonly connectionTimeoutMs: number = 5000;
}
