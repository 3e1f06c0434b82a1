import { IsBoolean, IsInt, Matches, Max, Min } from 'class-validator';
import { Env } from '@app/config';

export class CanaryConfig {
  @Env('CANARY_ENABLED', {
    meaning: 'Send an event to the own public port now and then, and measure when it arrives (`capture_canary_*`).',
  })
  @IsBoolean()
  readonly isEnabled: boolean = false;

  @Env('CANARY_TOPIC', { meaning: 'Topic of these events, and of nothing else.' })
  @Matches(/^[a-zA-Z0-9._-]{1,249}$/, { message: 'it must be a topic name: 1-249 of a-z A-Z 0-9 . _ -' })
  readonly topic: string = 'inlet_canary';

  // The alerts expect three of them in three minutes at least.
  @Env('CANARY_INTERVAL_MS', { meaning: 'From one of these events to the next, milliseconds.' })
  @IsInt()
  @Min(100)
  @Max(60_000)
  readonly intervalMs: number = 15_000;

  @Env('CANARY_TIMEOUT_MS', { meaning: 'How long such an event waits for its answer, milliseconds.' })
  @IsInt()
  @Min(100)
  @Max(60_000)
  readonly timeoutMs: number = 10_000;
}
