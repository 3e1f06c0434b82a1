import { IsBoolean, IsNumber, IsOptional, Matches, Max, Min } from 'class-validator';
import { Env } from '@app/config';

export class RestrictionsConfig {
  @Env('EVENT_RESTRICTIONS_ENABLED', {
    meaning: 'Obey the event restrictions in Redis: drop, overflow, dlq, another topic, no person processing.',
  })
  @IsBoolean()
  readonly isEnabled: boolean = false;

  @Env('EVENT_RESTRICTIONS_REDIS_URL', { meaning: 'Redis that holds them, if it is not that of REDIS_URL.', secret: true })
  @IsOptional()
  @Matches(/^rediss?:\/\/./, { message: 'it must begin with redis:// or rediss://' })
  readonly redisUrl?: string;

  @Env('EVENT_RESTRICTIONS_REFRESH_INTERVAL_SECS', { meaning: 'How often they are read again, seconds.' })
  @IsNumber()
  @Min(0.1)
  @Max(3600)
  readonly refreshSeconds: number = 30;

  @Env('EVENT_RESTRICTIONS_FAIL_OPEN_AFTER_SECS', { meaning: 'When they could not be read for so long none is obeyed any more, seconds.' })
  @IsNumber()
  @Min(1)
  readonly failOpenAfterSeconds: number = 300;
}
