import { IsBoolean, IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min, ValidateIf } from 'class-validator';
import { Env } from '@app/config';

export const SDK_ROUTES = ['on', 'off'] as const;

export const UPSTREAM_IP_MODES = ['keep', 'truncate', 'drop'] as const;

export class SdkConfig {
  @Env('SDK_ROUTES', {
    meaning: 'Answer what SDKs ask beside capture (/flags, /decide, /array/<token>/config, /static): `on`, or `off` for 404.',
  })
  @IsIn(SDK_ROUTES)
  readonly routes: (typeof SDK_ROUTES)[number] = 'on';

  @Env('SDK_SESSION_RECORDING', {
    meaning: 'Whether the answers of this service tell browser SDKs to record sessions (to /s/).',
  })
  @IsBoolean()
  readonly sessionRecording: boolean = false;

  @Env('UPSTREAM_URL', {
    meaning: 'Service that answers /flags, /decide, /array and /static in our place, such as a feature-flag service. Never capture.',
  })
  @ValidateIf(({ upstreamUrl }: SdkConfig) => upstreamUrl !== '')
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false },
    { message: 'must be like https://flags.example.com' },
  )
  @Matches(/^(?![^?#]*:\/\/[^/?#]*@)[^?#]*$/, {
    message: 'must have no user:password@, query or fragment: nothing of them would be sent',
  })
  readonly upstreamUrl: string = '';

  @Env('UPSTREAM_IP_MODE', {
    meaning:
      "What of a client's address UPSTREAM_URL is told where the request's path names no project (/flags, /decide, /static): `keep`, `truncate` or `drop`. Not set: as IP_MODE says, but `drop` with a PROJECT_SOURCE, whose projects may have modes of their own.",
  })
  @IsOptional()
  @IsIn(UPSTREAM_IP_MODES)
  readonly upstreamIpMode?: (typeof UPSTREAM_IP_MODES)[number];

  @Env('UPSTREAM_TIMEOUT_MS', { meaning: 'How long the upstream may take to begin its answer, milliseconds; then we answer ourselves.' })
  @IsInt()
  @Min(50)
  @Max(60_000)
  readonly upstreamTimeoutMs: number = 3000;
}
