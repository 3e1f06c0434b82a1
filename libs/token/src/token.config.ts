import { IsIn, IsInt, IsNotEmpty, IsString, Max, Min, ValidateIf } from 'class-validator';
import { Env } from '@app/config';
import { PROJECT_SOURCES, type ProjectSource } from './project-directory.js';

export const UNKNOWN_TOKEN_POLICIES = ['accept', 'dry_run', 'reject'] as const;
export type UnknownTokenPolicy = (typeof UNKNOWN_TOKEN_POLICIES)[number];

export class TokenConfig {
  @Env('PROJECT_SOURCE', {
    meaning: 'Where projects and their settings come from: `none` (only the shape of a token is checked), `file` or `redis`.',
  })
  @IsIn(PROJECT_SOURCES)
  readonly source: ProjectSource = 'none';

  @Env('PROJECTS_FILE', { meaning: 'JSON or YAML with the projects, for PROJECT_SOURCE=file; read again when it changes.' })
  @ValidateIf(({ source }: TokenConfig) => source === 'file')
  @IsNotEmpty({ message: 'PROJECT_SOURCE=file needs the path of a file' })
  @IsString()
  readonly projectsFile: string = '';

  @Env('PROJECTS_REDIS_KEY', { meaning: 'Redis hash with the projects (token to JSON), for PROJECT_SOURCE=redis.' })
  @IsString()
  @IsNotEmpty()
  readonly redisKey: string = 'inlet/projects';

  @Env('PROJECTS_REFRESH_MS', { meaning: 'How often Redis is asked for changed projects, milliseconds.' })
  @IsInt()
  @Min(100)
  @Max(600_000)
  readonly refreshMs: number = 5000;

  @Env('PROJECTS_STALE_AFTER_MS', {
    meaning: 'When Redis was not read for so long, unknown tokens are accepted whatever UNKNOWN_TOKENS says, milliseconds.',
  })
  @IsInt()
  @Min(1000)
  @Max(86_400_000)
  readonly staleAfterMs: number = 60_000;

  @Env('UNKNOWN_TOKENS', {
    meaning: 'What to do with tokens of no project: `accept`, `dry_run` (accept and count) or `reject` (401).',
  })
  @IsIn(UNKNOWN_TOKEN_POLICIES)
  readonly unknownTokens: UnknownTokenPolicy = 'accept';
}
