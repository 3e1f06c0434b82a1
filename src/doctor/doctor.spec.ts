import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ClusterSurvey, SurveyedTopic } from '@app/kafka';
import { judgeMedium, judgeRoom } from './check-disk.js';
import { examine } from './examine.js';
import type { Finding } from './finding.js';
import { judgeKafka } from './judge-kafka.js';
import { judgeSkew } from './judge-skew.js';

const folder = mkdtempSync(join(tmpdir(), 'inlet-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = (findings: readonly Finding[], severity: Finding['severity']) =>
  findings.filter((one) => one.severity === severity).map(({ text }) => text);

const TOPIC: SurveyedTopic = {
  topic: 't',
  variable: 'KAFKA_TOPIC',
  error: undefined,
  mayWrite: true,
  replicas: 3,
  inSync: 3,
  minInSync: 2,
  takesBytes: 1_048_588,
  ourBytes: 1_000_000,
};
const up = { address: 'a:1', error: undefined };
const survey = (rest: Partial<ClusterSurvey>): ClusterSurvey => ({
  named: [up],
  advertised: [up],
  topics: [TOPIC],
  settingsError: undefined,
  clock: { skewMs: 3 },
  ...rest,
});
const ofTopic = (rest: Partial<SurveyedTopic>) => judgeKafka(survey({ topics: [{ ...TOPIC, ...rest }] }));

describe('judgeKafka', () => {
  it('is content with a cluster that takes everything', () => {
    expect(judgeKafka(survey({})).map(({ severity }) => severity)).toEqual(['ok', 'ok', 'ok']);
  });

  it.each<[string, Partial<SurveyedTopic>, string]>([
    ['a topic that is not there', { error: 'UNKNOWN_TOPIC_OR_PARTITION' }, 'topic t (KAFKA_TOPIC) does not exist; create it'],
    ['a topic that may not be seen', { error: 'TOPIC_AUTHORIZATION_FAILED' }, 'grant the login Describe and Write'],
    ['a login that may not write', { mayWrite: false }, 'may not write to topic t (KAFKA_TOPIC); grant it Write'],
    [
      'a topic for smaller messages',
      { takesBytes: 999_999 },
      'takes 999999 bytes at most, but KAFKA_PRODUCER_MESSAGE_MAX_BYTES is 1000000; raise',
    ],
    ['an AI topic for smaller messages', { takesBytes: 9, variable: 'KAFKA_AI_TOPIC' }, 'KAFKA_AI_MESSAGE_MAX_BYTES is 1000000'],
    [
      'a recordings’ topic for smaller messages',
      { takesBytes: 9, variable: 'KAFKA_REPLAY_TOPIC' },
      'KAFKA_REPLAY_MESSAGE_MAX_BYTES is 1000000',
    ],
    [
      'more replicas wanted than there are',
      { replicas: 2, minInSync: 3 },
      'has 2 replicas but wants 3 in sync, so it takes nothing; lower',
    ],
    ['replicas that are away', { inSync: 1 }, 'has 1 replicas in sync and wants 2, so it takes nothing now; bring'],
  ])('finds %s', (_name, rest, text) => {
    expect(texts(ofTopic(rest), 'fault')).toEqual([expect.stringContaining(text)]);
  });

  it.each<[Partial<SurveyedTopic>, string]>([
    [{ replicas: 1, inSync: 1, minInSync: 1 }, 'a single replica'],
    [{ minInSync: 1 }, 'min.insync.replicas=1'],
  ])('warns of acknowledgements that one disk holds: %o', (rest, text) => {
    expect(texts(ofTopic(rest), 'warning')).toEqual([expect.stringContaining(text)]);
    expect(texts(ofTopic(rest), 'fault')).toEqual([]);
  });

  it('finds a listener that is advertised but not reachable from here', () => {
    const findings = judgeKafka(survey({ advertised: [up, { address: 'kafka.internal:9092', error: 'ENOTFOUND' }] }));
    expect(texts(findings, 'fault')).toEqual([
      expect.stringContaining('sends its clients to kafka.internal:9092, which does not answer from here (ENOTFOUND)'),
    ]);
  });

  it('finds a cluster that is not there', () => {
    const findings = judgeKafka(survey({ named: [{ address: 'a:1', error: 'ECONNREFUSED' }], advertised: [], topics: [] }));
    expect(texts(findings, 'fault')).toEqual([expect.stringContaining('no broker of KAFKA_HOSTS answers (a:1: ECONNREFUSED)')]);
  });

  it('finds a clock that is far from the cluster’s, and says which way', () => {
    expect(texts(judgeKafka(survey({ clock: { skewMs: -7_200_000 } })), 'fault')).toEqual([
      expect.stringContaining('this clock is 7200000 ms behind that of the cluster'),
    ]);
  });

  it('says when the cluster does not tell its time', () => {
    const findings = judgeKafka(survey({ clock: { error: 'CLUSTER_AUTHORIZATION_FAILED' } }));
    expect(texts(findings, 'warning')).toEqual([expect.stringContaining('grant the login Describe on the cluster')]);
  });

  it('says what it could not see', () => {
    const findings = judgeKafka(survey({ settingsError: 'CLUSTER_AUTHORIZATION_FAILED' }));
    expect(texts(findings, 'warning')).toEqual([expect.stringContaining('DescribeConfigs')]);
  });
});

describe('judgeRoom', () => {
  it.each([
    [1.2e9, 0, 'ok'],
    [1e9, 0, 'warning'],
    [0.4e9, 0, 'fault'],
    [0.2e9, 1e9, 'ok'],
  ] as const)('with %d bytes free and %d of its own for 1 GB is %s', (free, stored, severity) => {
    expect(judgeRoom(free, stored, 1e9, 'SPOOL_MAX_BYTES')).toMatchObject({ severity });
  });
});

it.each([
  ['network', true, 'fault'],
  ['memory', true, 'fault'],
  ['memory', false, 'ok'],
  ['local', true, 'ok'],
] as const)('a directory in the %s that must last (%s) is %s', (kind, mustLast, severity) => {
  expect(judgeMedium('/d', { kind, name: 'fs' }, mustLast)).toEqual([expect.objectContaining({ severity })]);
});

it.each([
  [5, 'ok'],
  [-1500, 'warning'],
  [90_000, 'fault'],
] as const)('a clock %i ms apart is %s', (skew, severity) => {
  expect(judgeSkew('redis', 'Redis', skew)).toMatchObject({ subject: 'redis', severity });
});

describe('examine', () => {
  const env = { DATA_DIR: folder, EMBEDDED_LOG_RETENTION_BYTES: '2097152' };

  it('finds nothing wrong with a gateway that needs nobody, and leaves nothing behind', async () => {
    const findings = await examine(env, { skip: ['address'] });
    expect(findings.filter(({ severity }) => severity === 'fault')).toEqual([]);
    expect(findings.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['settings', 'kafka', 'redis', 'disk']));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('counts what an earlier process has stored as room of its own', async () => {
    const data = join(folder, 'stored');
    mkdirSync(join(data, 'log'), { recursive: true });
    writeFileSync(join(data, 'log', 'segment'), Buffer.alloc(60e6));
    const findings = await examine({ ...env, DATA_DIR: data }, { skip: ['kafka', 'redis', 'address'] });
    rmSync(data, { recursive: true });
    expect(texts(findings, 'ok').join()).toContain('GB are free beside 0.1 GB of its own');
  });

  it('says which setting is wrong', async () => {
    expect(texts(await examine({ PORT: 'http' }), 'fault')).toEqual([expect.stringContaining('PORT=http')]);
  });

  it('says what of another service’s settings means nothing', async () => {
    expect(texts(await examine({ ...env, KAFKA_PRODUCER_ACKS: '1' }), 'warning').join()).toContain(
      'KAFKA_PRODUCER_ACKS is set but means nothing',
    );
  });

  it('finds a directory that cannot be written', async () => {
    const findings = await examine({ ...env, DATA_DIR: '/proc/nowhere' }, { skip: ['kafka', 'redis'] });
    expect(texts(findings, 'fault')).toEqual([expect.stringMatching(/^\/proc \(DATA_DIR\) cannot be written \(\w+\); give it/)]);
  });

  it('finds that Redis is asked for and not named', async () => {
    expect(texts(await examine({ ...env, PROJECT_SOURCE: 'redis' }), 'fault')).toEqual([
      'PROJECT_SOURCE=redis cannot work without Redis; set REDIS_URL',
    ]);
  });

  it('warns of a Redis that is away, which stops no gateway, without its address', async () => {
    const findings = await examine({ ...env, REDIS_URL: 'redis://:secret@127.0.0.1:1' });
    expect(texts(findings, 'warning').join()).toContain('Redis does not answer (ECONNREFUSED)');
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  it.each([
    ['', '192.0.2.66'],
    ['2', '203.0.113.7'],
    ['10.0.0.0/8', '203.0.113.7'],
    ['0', '10.0.0.2'],
  ])('says which address is stored with TRUSTED_PROXIES=%s', async (TRUSTED_PROXIES, address) => {
    const findings = await examine({ ...env, TRUSTED_PROXIES }, { skip: ['kafka', 'redis', 'disk'] });
    expect(texts(findings, 'ok').join()).toContain(`the address ${address} is stored`);
  });
});
