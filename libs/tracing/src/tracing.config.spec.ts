import { readConfig } from '@app/config';
import { describe, expect, it } from 'vitest';
import { TracingConfig } from './tracing.config.js';

const read = (env: Record<string, string>) => readConfig(TracingConfig, env);

describe('TracingConfig', () => {
  it('is off unless it knows a collector, under either name', () => {
    expect(read({ OTEL_SAMPLING_RATE: '0.5', OTEL_SERVICE_NAME: 'capture' }).config.isOn).toBe(false);
    expect(read({ OTEL_URL: 'http://otel_collector:4317' })).toMatchObject({ config: { isOn: true }, problems: [] });
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_URL: 'http://b' }).config.endpoint).toBe(
      'http://localhost:4318',
    );
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'it must be like http://collector:4318'],
    [{ OTEL_SAMPLING_RATE: '2' }, 'it must not be greater than 1'],
    [{ OTEL_TRACES_SAMPLER_ARG: '-1' }, 'it must not be less than 0'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'x-key' }, 'each must be name=value'],
  ])('refuses %o', (env, allowed) => {
    expect(read(env as Record<string, string>).problems).toMatchObject([{ allowed }]);
  });

  it('never shows the headers, which are keys', () => {
    expect(read({ OTEL_EXPORTER_OTLP_HEADERS: 'key' }).problems[0].value).toBe('(secret)');
  });
});
