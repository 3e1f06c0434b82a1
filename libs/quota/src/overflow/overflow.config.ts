import { IsArray, IsBoolean, IsInt, IsNumber, Max, Min } from 'class-validator';
import { Env } from '@app/config';

export class OverflowConfig {
  @Env('DROP_EVENTS_BY_TOKEN_DISTINCT_ID', {
    meaning: 'Events to discard (answered 200): `token` or `token:distinct_id`, separated by commas.',
  })
  @IsArray()
  readonly dropped: readonly string[] = [];

  @Env('OVERFLOW_ENABLED', { meaning: 'Send ids that send too much to the overflow topic, so that they hold up nobody else.' })
  @IsBoolean()
  readonly isEnabled: boolean = false;

  @Env('OVERFLOW_PER_SECOND_LIMIT', { meaning: 'Events per second of one `token:distinct_id` and pod that stay on the main topic.' })
  @IsNumber()
  @Min(0.001)
  readonly perSecond: number = 100;

  @Env('OVERFLOW_BURST_LIMIT', { meaning: 'Events of one `token:distinct_id` that may come at once.' })
  @IsInt()
  @Min(1)
  readonly burst: number = 1000;

  @Env('OVERFLOW_PRESERVE_PARTITION_LOCALITY', { meaning: 'Keep the key of events in overflow, and with it their order.' })
  @IsBoolean()
  readonly keepsLocality: boolean = false;

  @Env('INGESTION_FORCE_OVERFLOW_BY_TOKEN_DISTINCT_ID', {
    meaning: 'Always to overflow, without person processing: `token` or `token:distinct_id`, separated by commas (with OVERFLOW_ENABLED).',
    aliases: ['OVERFLOW_FORCED_KEYS'],
  })
  @IsArray()
  readonly forced: readonly string[] = [];

  @Env('OVERFLOW_MAX_KEYS', { meaning: 'Most ids that the overflow limiter remembers; beyond it the oldest start anew.' })
  @IsInt()
  @Min(1000)
  @Max(50_000_000)
  readonly maxKeys: number = 1_000_000;

  @Env('REPLAY_OVERFLOW_SESSIONS_ENABLED', {
    meaning: 'Send recordings of the sessions named in Redis (`@posthog/capture-overflow/replay`) to the replay overflow topic.',
  })
  @IsBoolean()
  readonly replaySessions: boolean = false;

  @Env('REPLAY_OVERFLOW_FORCED_TOKENS', {
    meaning: 'Projects whose recordings always take the replay overflow topic, separated by commas.',
  })
  @IsArray()
  readonly replayTokens: readonly string[] = [];

  @Env('ENABLE_HISTORICAL_REROUTING', { meaning: 'Send old events of the main topic to the historical topic.' })
  @IsBoolean()
  readonly reroutesHistorical: boolean = false;

  @Env('HISTORICAL_REROUTING_THRESHOLD_DAYS', { meaning: 'From how many days on an event is old.' })
  @IsNumber()
  @Min(0)
  readonly historicalDays: number = 1;
}
