import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { CaptureConfig } from '@app/capture';
import { DecoderConfig } from '@app/decoder';
import { KafkaConfig } from '@app/kafka';
import { SpoolConfig } from '@app/spool';
import { CONFIG_CLASSES } from './config-classes.js';
import { GatewayConfig } from './gateway.config.js';
import { ConfigError, loadConfig } from './load-config.js';

type Env = Record<string, string | undefined>;
const gateway = (env: Env) => loadConfig(env).get(GatewayConfig);

/** The problems that stop the boot, a line each. */
function problems(env: Env): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim());
  }
}

describe('loadConfig', () => {
  it('needs nothing: every room has its defaults', () => {
    const config = loadConfig({});
    expect(config.get(GatewayConfig)).toEqual(new GatewayConfig());
    expect(config.get(DecoderConfig)).toEqual(new DecoderConfig());
    expect(config.get(KafkaConfig)).toEqual(Object.assign(new KafkaConfig(), { aiLane: 'on' }));
    expect(config.ignored).toEqual([]);
  });

  it('reads numbers, booleans, lists and texts for the room that asks', () => {
    const config = loadConfig({
      PORT: ' 8080 ',
      EXPORT_PROMETHEUS: 'FALSE',
      KAFKA_HOSTS: 'a:1, b:2,',
      BATCH_POLICY: 'strict',
      DATA_DIR: '/x y',
    });
    expect(config.get(GatewayConfig)).toMatchObject({ port: 8080, exportPrometheus: false });
    expect(config.get(KafkaConfig).hosts).toEqual(['a:1', 'b:2']);
    expect(config.get(CaptureConfig).batchPolicy).toBe('strict');
    expect(config.get(SpoolConfig).dataDir).toBe('/x y');
  });

  it('takes an empty variable for none: that is what FOO= means in a manifest', () => {
    expect(gateway({ PORT: '', OUTPUT: '', HOST: '', ADDRESS: '', KAFKA_HOSTS: '' })).toEqual(new GatewayConfig());
  });
});

describe('loadConfig: a wrong value', () => {
  it.each([
    ['PORT', '65536', 'it must not be greater than 65535'],
    ['PORT', '-1', 'it must not be less than 0'],
    ['PORT', '80.5', 'it must be an integer number'],
    ['PORT', '3000x', 'it must be an integer number'],
    ['PORT', '0x50', 'it must be an integer number'],
    ['EXPORT_PROMETHEUS', 'yes', 'it must be a boolean value'],
    ['OUTPUT', 'redis', 'it must be one of the following values: kafka, embedded'],
    ['LOG_LEVEL', 'DEBUG', 'it must be one of the following values: silent, error, warn, info, debug, trace'],
    ['BATCH_POLICY', 'Strict', 'it must be one of the following values: lenient, strict'],
    ['MAX_JSON_DEPTH', '4', 'it must not be less than 8'],
    ['KAFKA_HOSTS', 'broker', 'each must be host:port'],
    ['KAFKA_TOPIC', 'a b', 'it must be a topic name: 1-249 of a-z A-Z 0-9 . _ -'],
    ['ADDRESS', 'localhost', 'it must be host:port'],
    ['ADDRESS', '::3000', 'it must be host:port'],
    ['ADDRESS', '0.0.0.0:', 'it must be host:port'],
  ])('%s=%s stops the boot, with what is allowed', (name, value, allowed) => {
    const [line, ...others] = problems({ [name]: value });
    expect(others).toEqual([]);
    expect(line).toContain(`${name}=${value}: `);
    expect(line).toContain(allowed);
  });

  it('comes together with all the others', () => {
    expect(problems({ PORT: 'x', LOG_LEVEL: 'loud', MAX_BODY_BITES: '1' }).map((line) => line.split(/[= ]/)[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'MAX_BODY_BITES',
    ]);
  });

  it('is hidden where it is a secret', () => {
    const secret = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'hunter2', KAFKA_SASL_USERNAME: 'u', PORT: 'x' };
    expect(problems(secret).join()).not.toContain('hunter2');
  });
});

describe('loadConfig: a name', () => {
  it.each([
    ['MAX_BODY_BITES', 'MAX_BODY_BYTES'],
    ['KAFKA_HOST', 'KAFKA_HOSTS'],
    ['KAFKA_HOSTSS', 'KAFKA_HOSTS'],
    ['LOG_LEVL', 'LOG_LEVEL'],
    ['ADRESS', 'ADDRESS'],
    ['KAFKA_PRODUCER_LINGER_SM', 'KAFKA_PRODUCER_LINGER_MS'],
  ])('%s, misspelt, stops the boot and is told the right one', (name, meant) => {
    expect(problems({ [name]: 'x' })).toEqual([`${name} is not a setting; did you mean ${meant}?`]);
  });

  it.each([
    ['of a shell', ['PATH', 'HOME', 'HOSTNAME', 'PWD', 'OLDPWD', 'LANG', 'SHLVL', 'USER', 'LOGNAME', 'TERM', '_', 'TZ']],
    ['of a runtime', ['NODE_ENV', 'NODE_OPTIONS', 'NODE_VERSION', 'npm_config_loglevel', 'UV_THREADPOOL_SIZE', 'CI']],
    ['of a neighbour', ['REDIS_PORT', 'REDIS_SERVICE_HOST', 'INLET_PORT']],
  ])('%s is nobody’s misspelling', (_, names) => {
    expect(problems(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
  });

  it('that nobody knows stops the boot, or is warned of with UNKNOWN_SETTINGS=warn', () => {
    expect(problems({ SPOOL_SIZE: '1' })[0]).toMatch(/^SPOOL_SIZE is not a setting: the nearest are /);
    const { warnings, ignored } = loadConfig({ SPOOL_SIZE: '1', UNKNOWN_SETTINGS: 'warn' });
    expect([warnings.length, ignored]).toEqual([1, ['SPOOL_SIZE']]);
  });

  it('of the service that this one replaces is understood, ignored and told', () => {
    const { ignored } = loadConfig({ PRINT_SINK: 'true', S3_FALLBACK_ENABLED: 'maybe', PORT: '1', PATH: 'x' });
    expect(ignored).toEqual(['PRINT_SINK', 'S3_FALLBACK_ENABLED']);
  });
});

describe('loadConfig: in a pod with service links', () => {
  const links = (service: string, port: number) => ({
    [`${service}_SERVICE_HOST`]: '10.43.7.1',
    [`${service}_SERVICE_PORT`]: `${port}`,
    [`${service}_SERVICE_PORT_MAIN`]: `${port}`,
    [`${service}_PORT`]: `tcp://10.43.7.1:${port}`,
    [`${service}_PORT_${port}_TCP`]: `tcp://10.43.7.1:${port}`,
    [`${service}_PORT_${port}_TCP_PROTO`]: 'tcp',
    [`${service}_PORT_${port}_TCP_PORT`]: `${port}`,
    [`${service}_PORT_${port}_TCP_ADDR`]: '10.43.7.1',
  });

  it.each(['KAFKA', 'CAPTURE', 'REPLAY', 'SPOOL', 'EMBEDDED_LOG', 'KAFKA_HOSTS', 'METRICS', 'ADMIN', 'REDIS'])(
    'of a Service %s it starts as without it, and says nothing',
    (service) => {
      const config = loadConfig(links(service, 9092));
      const without = loadConfig({});
      for (const configClass of CONFIG_CLASSES) expect(config.get(configClass)).toEqual(without.get(configClass));
      expect(config.ignored).toEqual([]);
    },
  );

  it('takes a format of log lines that is set for every pod, and is not ours, for auto, with a warning', () => {
    const { get, warnings } = loadConfig({ LOG_FORMAT: 'logfmt' });
    expect([get(GatewayConfig).logFormat, warnings]).toEqual(['auto', ['LOG_FORMAT=logfmt is none of auto, text, json: taken for auto']]);
    expect(loadConfig({ LOG_FORMAT: 'json' }).warnings).toEqual([]);
  });

  it('takes a port that somebody has set for what it is', () => {
    expect(problems({ METRICS_PORT: 'tcp://metrics:9464' })).toEqual([
      'METRICS_PORT=tcp://metrics:9464: it must be public, admin or a port',
    ]);
  });
});

it('does not start with a log that is to refuse, and to delete', () => {
  const env = { EMBEDDED_LOG_FULL: 'refuse', EMBEDDED_LOG_RETENTION_HOURS: '24' };
  const text = 'EMBEDDED_LOG_FULL=refuse: it deletes nothing, but EMBEDDED_LOG_RETENTION_HOURS would; unset one of them';
  expect(() => loadConfig(env)).toThrow(text);
  expect(() => loadConfig({ ...env, EMBEDDED_LOG_FULL: 'delete_oldest' })).not.toThrow();
});

describe('loadConfig: what follows from what', () => {
  it.each<[string, Env, string, number]>([
    ['ADDRESS', { ADDRESS: '127.0.0.1:8080' }, '127.0.0.1', 8080],
    ['ADDRESS with IPv6', { ADDRESS: '[::1]:8080' }, '::1', 8080],
    ['ADDRESS without a host', { ADDRESS: ':8080' }, '0.0.0.0', 8080],
    ['PORT beside ADDRESS', { ADDRESS: '127.0.0.1:8080', PORT: '9090' }, '127.0.0.1', 9090],
    ['HOST beside ADDRESS', { ADDRESS: '127.0.0.1:8080', HOST: '::' }, '::', 8080],
    ['an empty PORT beside ADDRESS', { ADDRESS: '127.0.0.1:8080', PORT: '' }, '127.0.0.1', 8080],
  ])('%s decides where it listens', (_, env, host, port) => {
    expect(gateway(env)).toMatchObject({ host, port });
  });

  it('a port in ADDRESS that is none is refused as PORT', () => {
    expect(problems({ ADDRESS: '0.0.0.0:99999' })[0]).toContain('PORT=99999: ');
  });

  it.each<[Env, string]>([
    [{}, 'embedded'],
    [{ KAFKA_HOSTS: 'a:9092' }, 'kafka'],
    [{ KAFKA_HOSTS: 'a:9092', OUTPUT: 'embedded' }, 'embedded'],
    [{ KAFKA_HOSTS: 'a:9092', OUTPUT: '' }, 'kafka'],
    [{ KAFKA_HOSTS: '' }, 'embedded'],
  ])('of %o the output is %s', (env, output) => {
    expect(gateway(env).output).toBe(output);
  });

  it.each<Env>([{ OUTPUT: 'kafka' }, { OUTPUT: 'kafka', KAFKA_HOSTS: '' }, { KAFKA_HOSTS: ' , ' }])(
    '%o has no brokers, and stops',
    (env) => {
      expect(problems(env)).toEqual(['OUTPUT=kafka: no broker is named; set KAFKA_HOSTS=host:port']);
    },
  );

  it.each<[Env, string]>([
    [{}, 'on'],
    [{ CAPTURE_AI_LANE: 'off' }, 'off'],
    [{ KAFKA_HOSTS: 'a:9092' }, 'auto'],
    [{ KAFKA_HOSTS: 'a:9092', CAPTURE_AI_LANE: '', KAFKA_AI_TOPIC: '' }, 'auto'],
    [{ KAFKA_HOSTS: 'a:9092', KAFKA_AI_OVERFLOW_TOPIC: 'x', KAFKA_AI_MESSAGE_MAX_BYTES: '5000' }, 'auto'],
    [{ KAFKA_HOSTS: 'a:9092', OUTPUT: 'embedded' }, 'on'],
    [{ KAFKA_HOSTS: 'a:9092', CAPTURE_AI_LANE: 'on' }, 'on'],
    [{ KAFKA_HOSTS: 'a:9092', KAFKA_AI_TOPIC: 'ai' }, 'on'],
    [{ KAFKA_HOSTS: 'a:9092', CAPTURE_AI_LANE: 'auto', CAPTURE_OUTPUT_ANALYTICS_TOPIC: 'x' }, 'on'],
    [{ KAFKA_HOSTS: 'a:9092', KAFKA_INGESTION_PRODUCER_ACKS: 'all' }, 'on'],
    [{ KAFKA_HOSTS: 'a:9092', KAFKA_AI_TOPIC: 'ai', CAPTURE_AI_LANE: 'off' }, 'off'],
  ])('of %o the lane of AI events is %s', (env, lane) => {
    expect(loadConfig(env).get(KafkaConfig).aiLane).toBe(lane);
  });

  it.each<[Env, string[]]>([
    [{ WORKERS: 'auto' }, []],
    [{ WORKERS: '4', KAFKA_HOSTS: 'a:9092' }, []],
    [{ WORKERS: '2' }, ['WORKERS=2: the embedded log has one writer: set KAFKA_HOSTS (OUTPUT=kafka), or WORKERS=1']],
    [{ WORKERS: '0', KAFKA_HOSTS: 'a:9092' }, ['WORKERS=0: it must be auto or a number from 1 to 99']],
  ])('of %o the workers are allowed, or refused for their output', (env, expected) => {
    expect(problems(env)).toEqual(expected);
  });

  it('a recordings deployment’s one topic is that of recordings', () => {
    const topics = (env: Env) => {
      const config = loadConfig({ CAPTURE_MODE: 'recordings', ...env });
      const values = CONFIG_CLASSES.flatMap((configClass) => Object.values(config.get(configClass)) as unknown[]);
      return values.filter((value) => value === 'mine' || value === 'other');
    };
    expect([topics({ KAFKA_TOPIC: 'mine' }), topics({ KAFKA_TOPIC: 'mine', KAFKA_REPLAY_TOPIC: 'other' })]).toEqual([['mine'], ['other']]);
    expect(loadConfig({ CAPTURE_MODE: 'recordings', KAFKA_TOPIC: 'mine' }).get(KafkaConfig).topic).toBe(new KafkaConfig().topic);
  });
});
