import { describe, expect, it } from 'vitest';
import { knownNames } from './load-config.js';
import { unknownNames } from './unknown-names.js';

const known = knownNames();
const of = (env: Record<string, string>, tolerant = false) => unknownNames(env, known, tolerant);
const NOTHING = { problems: [], warnings: [], ignored: [] };

describe('unknownNames', () => {
  it.each([
    ['KAFKA_BROKERS', 'KAFKA_HOSTS', 'KAFKA_TOPIC'],
    ['KAFKA_PORT', 'KAFKA_HOSTS', 'KAFKA_TOPIC'],
    ['CAPTURE_TOPIC', 'CAPTURE_MODE'],
    ['SPOOL_SIZE', 'SPOOL_DIR'],
    ['EMBEDDED_LOG_SIZE', 'EMBEDDED_LOG_FULL'],
    ['REPLAY_PROCESS', 'REPLAY_THREAD'],
  ])('of %s, which nobody knows, the boot stops with the nearest names in one sentence', (name, ...near) => {
    const { problems, ignored } = of({ [name]: 'x' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      new RegExp(`^${name} is not a setting: the nearest are [A-Z0-9_, ]+ and [A-Z0-9_]+ \\(UNKNOWN_SETTINGS=warn`),
    );
    for (const one of near) expect(problems[0]).toContain(one);
    expect(ignored).toEqual([]);
  });

  it('offers three names, of ours and of PostHog’s', () => {
    const [sentence] = of({ KAFKA_PRODUCER_ACK_MODE: 'x' }).problems;
    expect(/the nearest are (\S+), (\S+) and (\S+) \(/.exec(sentence)?.slice(1)).toContain('KAFKA_PRODUCER_ACKS');
  });

  it.each(['KAFKA_HOSTS', 'PATH', 'REDIS_PORT', 'CAPTURED_BY', 'kafka_brokers', 'MY_KAFKA_BROKERS', 'SPOOLER', 'REPLAYS_TOPIC'])(
    'says nothing of %s',
    (name) => {
      expect(of({ [name]: 'x' })).toEqual(NOTHING);
    },
  );

  it.each(['KAFKA_INGESTION_PRODUCER_LINGER_MS', 'CAPTURE_OUTPUT_DLQ_TOPIC'])(
    'beside %s, of a PostHog manifest, it is a warning',
    (name) => {
      const { problems, warnings, ignored } = of({ [name]: '1', KAFKA_BROKERS: 'x', CAPTURE_OUTPUT_NEW_TOPIC: 'x' });
      expect([problems, ignored]).toEqual([[], ['KAFKA_BROKERS', 'CAPTURE_OUTPUT_NEW_TOPIC']]);
      expect(warnings[0]).toMatch(/^KAFKA_BROKERS is ignored: it is not a setting: the nearest are .*KAFKA_HOSTS/);
    },
  );

  it.each(['KAFKA_INGESTION_PRODUCER_LINGER_MS', 'CAPTURE_OUTPUTS_COMPLETENESS_CHECK_ENABLED', 'CAPTURE_V1_SINKS'])(
    'beside an empty or another name (%s) it is not',
    (name) => {
      const value = name.startsWith('KAFKA') ? '' : 'x';
      expect(of({ [name]: value, KAFKA_BROKERS: 'x' }).problems).toHaveLength(1);
    },
  );

  it('stops for a misspelt name of another kind, in a PostHog manifest too', () => {
    expect(of({ LOG_LEVL: 'x', CAPTURE_OUTPUT_DLQ_TOPIC: 'x' }).problems).toEqual(['LOG_LEVL is not a setting; did you mean LOG_LEVEL?']);
  });

  it('warns of all of them where that is asked for', () => {
    expect(of({ LOG_LEVL: 'x', KAFKA_HOST: 'x', SPOOL_SIZE: 'x' }, true)).toEqual({
      problems: [],
      warnings: [
        'LOG_LEVL is ignored: it is not a setting; did you mean LOG_LEVEL?',
        'KAFKA_HOST is ignored: it is not a setting; did you mean KAFKA_HOSTS?',
        expect.stringMatching(/^SPOOL_SIZE is ignored: it is not a setting: the nearest are /),
      ],
      ignored: ['LOG_LEVL', 'KAFKA_HOST', 'SPOOL_SIZE'],
    });
  });

  it('warns of PostHog’s names that mean nothing here, of a family once', () => {
    const env = { CAPTURE_V1_SINK_MSK_KAFKA_HOSTS: 'x', NOOP_SINK: 'x', CAPTURE_V1_SINK_WS_KAFKA_TLS: 'x', KAFKA_PRODUCER_ACKS: '1' };
    expect(of(env)).toEqual({
      problems: [],
      warnings: [
        'CAPTURE_V1_SINK_* (2 of them) is set but means nothing here: ignored',
        'NOOP_SINK is set but means nothing here: ignored',
        'KAFKA_PRODUCER_ACKS is set but means nothing here: ignored',
      ],
      ignored: Object.keys(env),
    });
  });
});
