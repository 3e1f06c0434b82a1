import { IsInt, Max, Min, ValidateIf } from 'class-validator';
import { Env } from '@app/config';

export class HealthConfig {
  @Env('LIVENESS_LOOP_DELAY_MS', {
    meaning: 'A turn of the event loop that takes longer is a blocked one, milliseconds. A single one is no reason for anything.',
  })
  @IsInt()
  @Min(50)
  @Max(60_000)
  readonly loopDelayMs: number = 2000;

  @Env('LIVENESS_LOOP_PATIENCE_MS', {
    meaning:
      'After so long with nothing but blocked turns liveness fails, and with WORKERS a worker that says so or says nothing is replaced, milliseconds; 0 for never.',
  })
  @ValidateIf(({ loopPatienceMs }: HealthConfig) => loopPatienceMs !== 0)
  @IsInt()
  @Min(1000)
  @Max(3_600_000)
  readonly loopPatienceMs: number = 60_000;
}
