import { IsBoolean, IsIn, IsInt, IsNotEmpty, IsString, Matches, Max, Min, ValidateBy, type ValidationArguments } from 'class-validator';
import { Env } from '@app/config';

export const OUTPUTS = ['kafka', 'embedded'] as const;
export const CAPTURE_MODES = ['all', 'events', 'replay', 'recordings'] as const;
export const REPLAY_THREADS = ['auto', 'on', 'off'] as const;
export const LOG_FORMATS = ['auto', 'text', 'json'] as const;
export const UNKNOWN_SETTINGS = ['stop', 'warn'] as const;
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const EMBEDDED_IS_ONE = 'the embedded log has one writer: set KAFKA_HOSTS (OUTPUT=kafka), or WORKERS=1';

function hasOutputForAll(workers: unknown, given?: ValidationArguments): boolean {
  return workers === '1' || workers === 'auto' || (given?.object as GatewayConfig | undefined)?.output === 'kafka';
}

const EMBEDDED_HAS_NO_REPLAY = 'the embedded log has one writer: set KAFKA_HOSTS (OUTPUT=kafka), or REPLAY_THREAD=off';

function hasOutputForReplay(replay: unknown, given?: ValidationArguments): boolean {
  return replay !== 'on' || (given?.object as GatewayConfig | undefined)?.output === 'kafka';
}

function isMetricsPort(value: unknown): boolean {
  return value === 'public' || value === 'admin' || (typeof value === 'string' && /^\d{1,5}$/.test(value) && Number(value) <= 65_535);
}

/** The address of the listener that is for metrics alone; undefined where there is none. */
export function metricsAddress({ exportPrometheus, metricsPort, host }: GatewayConfig): { host: string; port: number } | undefined {
  return exportPrometheus && /^\d/.test(metricsPort) ? { host, port: Number(metricsPort) } : undefined;
}

/** What belongs to the process as a whole. */
export class GatewayConfig {
  @Env('HOST', { meaning: 'Address the public listener binds to.' })
  @IsString()
  @IsNotEmpty()
  readonly host: string = '0.0.0.0';

  @Env('PORT', { meaning: 'Port of the public listener; 0 takes a free one.' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly port: number = 3000;

  @Env('OUTPUT', {
    meaning: 'Where events go: `kafka`, or `embedded`, a durable log on the local disk. Default: kafka when KAFKA_HOSTS is set.',
  })
  @IsIn(OUTPUTS)
  readonly output: (typeof OUTPUTS)[number] = 'embedded';

  @Env('WORKERS', {
    meaning:
      'Processes behind the one port: a number, or `auto` for one a core. Local limits are divided by it. More than 1 needs OUTPUT=kafka.',
  })
  @Matches(/^(?:auto|[1-9]\d?)$/, { message: 'it must be auto or a number from 1 to 99' })
  @ValidateBy({ name: 'oneLogOneWriter', validator: { validate: hasOutputForAll, defaultMessage: () => EMBEDDED_IS_ONE } })
  readonly workers: string = '1';

  @Env('CAPTURE_MODE', {
    meaning:
      'Which routes are served: `events` without /s, `replay` nothing but /s, `recordings` as `replay` with KAFKA_TOPIC naming the topic of recordings. An event of the other kind still goes to its topic.',
  })
  @IsIn(CAPTURE_MODES)
  readonly captureMode: (typeof CAPTURE_MODES)[number] = 'all';

  @Env('REPLAY_THREAD', {
    meaning:
      'Whether requests on /s are worked on by a process of their own (it was a thread once): `on`, `off`, or `auto` for where events are served beside them, a core is free for it and memory is enough. Needs OUTPUT=kafka.',
  })
  @IsIn(REPLAY_THREADS)
  @ValidateBy({ name: 'oneLogNoReplay', validator: { validate: hasOutputForReplay, defaultMessage: () => EMBEDDED_HAS_NO_REPLAY } })
  readonly replayThread: (typeof REPLAY_THREADS)[number] = 'auto';

  @Env('PATH_PREFIX', {
    meaning:
      'Path under which a reverse proxy offers this service, such as `/ingest`: all routes are served under it as well as without it.',
  })
  @Matches(/^(?:\/[A-Za-z0-9._~-]+)*$/, { message: 'must begin with a slash and end without one, like /ingest' })
  readonly pathPrefix: string = '';

  @Env('DOCS_URL', {
    meaning:
      'Where answers link to for an explanation of their cause: an address that ends with a slash and has the pages `causes/<cause>`. Empty: the pages that this service has itself at `/docs/causes/<cause>`.',
  })
  @Matches(/^(?:https?:\/\/[^\s"<>]+\/)?$/, {
    message: 'must be an http(s) address that ends with a slash, like https://example.com/docs/',
  })
  readonly docsUrl: string = '';

  @Env('LOG_LEVEL', { meaning: 'Least severe level that is logged.' })
  @IsIn(LOG_LEVELS)
  readonly logLevel: (typeof LOG_LEVELS)[number] = 'info';

  @Env('LOG_FORMAT', {
    meaning: 'How log lines look: `json`, `text` for a person, or `auto`, which is text on a terminal and JSON anywhere else.',
  })
  @IsIn(LOG_FORMATS)
  readonly logFormat: (typeof LOG_FORMATS)[number] = 'auto';

  @Env('UNKNOWN_SETTINGS', {
    meaning:
      'What a variable does that is nearly the name of a setting, or begins as one (KAFKA_, CAPTURE_, SPOOL_, EMBEDDED_, REPLAY_) and is none: it `stop`s the start, or is a `warn`ing.',
  })
  @IsIn(UNKNOWN_SETTINGS)
  readonly unknownSettings: (typeof UNKNOWN_SETTINGS)[number] = 'stop';

  @Env('EXPORT_PROMETHEUS', { meaning: 'Serve /metrics where METRICS_PORT says; the admin listener has it in any case.' })
  @IsBoolean()
  readonly exportPrometheus: boolean = true;

  @Env('METRICS_PORT', {
    meaning:
      'Where /metrics is: `public`, the public listener; `admin`, the admin listener alone; or the port of a listener of its own on HOST that has nothing else and wants no secret (0 takes a free one).',
  })
  @ValidateBy({ name: 'metricsPort', validator: { validate: isMetricsPort, defaultMessage: () => 'it must be public, admin or a port' } })
  readonly metricsPort: string = 'public';

  @Env('SHUTDOWN_GRACE_MS', {
    meaning: 'After SIGTERM, how long requests under way may take before their connections are cut, milliseconds.',
  })
  @IsInt()
  @Min(0)
  @Max(600_000)
  readonly shutdownGraceMs: number = 25_000;

  @Env('SHUTDOWN_DRAIN_MS', {
    meaning: 'After SIGTERM, how long kept connections are still served (and told to close) before idle ones are cut, milliseconds.',
  })
  @IsInt()
  @Min(0)
  @Max(600_000)
  readonly shutdownDrainMs: number = 1000;

  @Env('KEEP_ALIVE_TIMEOUT_MS', { meaning: 'How long an idle connection is kept, milliseconds; longer than the load balancer keeps it.' })
  @IsInt()
  @Min(1000)
  @Max(3_600_000)
  readonly keepAliveTimeoutMs: number = 75_000;

  @Env('HTTP1_HEADER_READ_TIMEOUT_MS', { meaning: 'How long a client may take to send a request head, milliseconds.' })
  @IsInt()
  @Min(100)
  @Max(600_000)
  readonly headerReadTimeoutMs: number = 15_000;
}
