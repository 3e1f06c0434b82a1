import { IsInt, Max, Min } from 'class-validator';
import { Env } from '@app/config';

export class ReplayConfig {
  @Env('KAFKA_REPLAY_MESSAGE_MAX_BYTES', {
    meaning:
      'Largest message of a session recording, bytes with key, headers and framing, before compression; recordings are split to fit.',
  })
  @IsInt()
  @Min(65_536)
  @Max(100_000_000)
  readonly messageMaxBytes: number = 1_000_000;
}
