import { Env } from '@app/config';
import { IsBoolean, IsNotEmpty, IsNumber, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';

const PAIR = /^[^=\s]+=.*$/;
const COLLECTOR = { protocols: ['http', 'https'], require_protocol: true, require_tld: false, allow_underscores: true };

/** The names are OpenTelemetry's, and those of the service that this one replaces. */
export class TracingConfig {
  @Env('OTEL_EXPORTER_OTLP_ENDPOINT', {
    meaning:
      'Collector that spans are sent to, OTLP over HTTP (usually port 4318); `/v1/traces` is added. Switches tracing on; off when not set.',
    aliases: ['OTEL_URL'],
  })
  @IsOptional()
  @IsUrl(COLLECTOR, { message: 'it must be like http://collector:4318' })
  readonly endpoint: string | undefined = undefined;

  @Env('OTEL_SAMPLING_RATE', {
    meaning: 'Share of capture requests that are traced, 0 to 1, whatever clients ask for.',
    aliases: ['OTEL_TRACES_SAMPLER_ARG'],
  })
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly samplingRate: number = 1;

  @Env('OTEL_SERVICE_NAME', { meaning: 'Name of this service in traces.' })
  @IsString()
  @IsNotEmpty()
  readonly serviceName: string = 'inlet';

  @Env('OTEL_RESOURCE_ATTRIBUTES', { meaning: 'What else is said of this process in traces: `name=value`, separated by commas.' })
  @Matches(PAIR, { each: true, message: 'each must be name=value' })
  readonly resourceAttributes: string[] = [];

  @Env('OTEL_EXPORTER_OTLP_HEADERS', {
    meaning: 'Headers sent to the collector, such as a key: `name=value`, percent-encoded, separated by commas.',
    secret: true,
    kind: 'list',
  })
  @Matches(PAIR, { each: true, message: 'each must be name=value' })
  readonly headers: string[] = [];

  @Env('TRACE_TRUST_PARENT', {
    meaning:
      'Trace every request whose `traceparent` says that it is sampled. Only behind a proxy that takes away what clients send there.',
  })
  @IsBoolean()
  readonly trustParent: boolean = false;

  @Env('TRACE_MESSAGE_HEADERS', {
    meaning: 'Give messages of traced requests the header `traceparent`, so that consumers can continue the trace.',
  })
  @IsBoolean()
  readonly messageHeaders: boolean = false;

  get isOn(): boolean {
    return this.endpoint !== undefined;
  }
}
