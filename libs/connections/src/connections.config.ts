import { IsInt, Max, Min } from 'class-validator';
import { Env } from '@app/config';

export class ConnectionsConfig {
  @Env('MAX_CONNECTIONS', {
    meaning:
      'Most connections that a process keeps open at a time, lowered to what 15 % of its memory and its limit of open files hold; at the limit the one that was idle longest is closed for a new one, or else the one that is slowest to send its request.',
  })
  @IsInt()
  @Min(10)
  @Max(1_000_000)
  readonly maxConnections: number = 20_000;
}
