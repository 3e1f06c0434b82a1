import { IsIn, IsInt, IsNotEmpty, IsNumber, IsString, Max, Min, ValidateIf } from 'class-validator';
import { Env } from '@app/config';

export const QUOTA_SOURCES = ['none', 'file', 'redis'] as const;
export type QuotaSource = (typeof QUOTA_SOURCES)[number];

export const QUOTA_MODES = ['off', 'count'] as const;
export type QuotaMode = (typeof QUOTA_MODES)[number];

export class QuotaConfig {
  @Env('QUOTA_SOURCE', {
    meaning: 'Where a billing job says who is over quota and until when: `none`, `file` or `redis` (its sorted sets).',
  })
  @IsIn(QUOTA_SOURCES)
  readonly source: QuotaSource = 'none';

  @Env('QUOTA_FILE', { meaning: 'JSON or YAML with limited tokens by resource, for QUOTA_SOURCE=file; read again when it changes.' })
  @ValidateIf(({ source }: QuotaConfig) => source === 'file')
  @IsString()
  @IsNotEmpty({ message: 'QUOTA_SOURCE=file needs the path of a file' })
  readonly file: string = '';

  @Env('QUOTA_REFRESH_MS', { meaning: 'How often quotas are read again, milliseconds.' })
  @IsInt()
  @Min(100)
  @Max(600_000)
  readonly refreshMs: number = 5000;

  @Env('QUOTA_MODE', {
    meaning:
      'Own counting, for those without a billing job: `count` counts accepted events in Redis and holds them to the projects’ limits.',
  })
  @IsIn(QUOTA_MODES)
  readonly mode: QuotaMode = 'off';

  @Env('PROJECT_IN_FLIGHT_SHARE', { meaning: 'The most of MAX_IN_FLIGHT_BYTES that one project may hold, 0 to 1; beyond it 503.' })
  @IsNumber()
  @Min(0.01)
  @Max(1)
  readonly inFlightShare: number = 0.5;
}
