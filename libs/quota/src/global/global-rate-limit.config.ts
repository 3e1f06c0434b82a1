import { IsArray, IsBoolean, IsInt, IsNumber, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Env } from '@app/config';

export class GlobalRateLimitConfig {
  @Env('GLOBAL_RATE_LIMIT_ENABLED', {
    meaning: 'Hold each `token:distinct_id` to a rate over all pods, counted in Redis; beyond it overflow.',
  })
  @IsBoolean()
  readonly isEnabled: boolean = false;

  @Env('GLOBAL_RATE_LIMIT_DRY_RUN', { meaning: 'Only count what would be limited.' })
  @IsBoolean()
  readonly isDryRun: boolean = false;

  @Env('GLOBAL_RATE_LIMIT_WINDOW_INTERVAL_SECS', { meaning: 'The sliding window, seconds.' })
  @IsInt()
  @Min(1)
  @Max(86_400)
  readonly windowSeconds: number = 60;

  @Env('GLOBAL_RATE_LIMIT_SYNC_INTERVAL_SECS', { meaning: 'How often a key is brought together with the other pods, seconds.' })
  @IsNumber()
  @Min(0.1)
  @Max(3600)
  readonly syncSeconds: number = 15;

  @Env('GLOBAL_RATE_LIMIT_TICK_INTERVAL_MS', { meaning: 'How often the keys that are due are sent to Redis, milliseconds.' })
  @IsInt()
  @Min(50)
  @Max(60_000)
  readonly tickMs: number = 1000;

  @Env('GLOBAL_RATE_LIMIT_TOKEN_DISTINCTID_THRESHOLD', { meaning: 'Events of one id in a window, over all pods.' })
  @IsInt()
  @Min(1)
  readonly threshold: number = 300_000;

  @Env('GLOBAL_RATE_LIMIT_TOKEN_DISTINCTID_OVERRIDES_CSV', {
    meaning: 'Other thresholds: `token=n` or `token:distinct_id=n`, separated by commas; that of a token holds for each of its ids.',
  })
  @IsArray()
  @Matches(/^.+=\d+$/, { each: true, message: 'each must be key=number' })
  readonly overrides: readonly string[] = [];

  @Env('GLOBAL_RATE_LIMIT_CUSTOM_THRESHOLD_KEY', {
    meaning: 'Key in Redis of a JSON object with such thresholds, which replaces the list.',
  })
  @IsString()
  readonly customThresholdKey: string = '';

  @Env('GLOBAL_RATE_LIMIT_CUSTOM_THRESHOLD_REFRESH_SECS', { meaning: 'How often that object is read again, seconds.' })
  @IsNumber()
  @Min(0.1)
  readonly customThresholdRefreshSeconds: number = 60;

  @Env('GLOBAL_RATE_LIMIT_TOKEN_DISTINCTID_LOCAL_CACHE_MAX_ENTRIES', { meaning: 'Most ids remembered by this process.' })
  @IsInt()
  @Min(1000)
  @Max(50_000_000)
  readonly maxKeys: number = 1_000_000;

  @Env('GLOBAL_RATE_LIMIT_REDIS_URL', { meaning: 'Redis that counts, if it is not that of REDIS_URL.', secret: true })
  @IsOptional()
  @Matches(/^rediss?:\/\/./, { message: 'it must begin with redis:// or rediss://' })
  readonly redisUrl?: string;
}
