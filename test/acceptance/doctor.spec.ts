import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EphemeralTopic } from '@app/testing';

const DOCTOR = join(import.meta.dirname, '../../dist/src/doctor/main.js');
const VARIABLES = [
  'KAFKA_TOPIC',
  'KAFKA_OVERFLOW_TOPIC',
  'KAFKA_HISTORICAL_TOPIC',
  'KAFKA_ERROR_TRACKING_TOPIC',
  'KAFKA_HEATMAPS_TOPIC',
  'KAFKA_CLIENT_INGESTION_WARNING_TOPIC',
  'KAFKA_DLQ_TOPIC',
  'KAFKA_REPLAY_TOPIC',
  'KAFKA_REPLAY_OVERFLOW_TOPIC',
];

interface Report {
  readonly code: number;
  readonly ok: boolean;
  readonly findings: { readonly subject: string; readonly severity: string; readonly text: string }[];
}

describe('inlet doctor', () => {
  let folder: string;
  let fitting: EphemeralTopic;
  let small: EphemeralTopic;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inlet-doctor-'));
    fitting = await EphemeralTopic.create(process.env.KAFKA_HOSTS ?? '');
    small = await EphemeralTopic.create(process.env.KAFKA_HOSTS ?? '', { config: { 'max.message.bytes': '2000' } });
  });
  afterAll(async () => {
    await fitting?.delete();
    await small?.delete();
    await rm(folder, { recursive: true, force: true });
  });

  function doctor(env: Record<string, string>): Promise<Report> {
    const topics = Object.fromEntries(VARIABLES.map((name) => [name, fitting.name]));
    const whole = {
      PATH: process.env.PATH,
      KAFKA_HOSTS: process.env.KAFKA_HOSTS,
      DATA_DIR: folder,
      SPOOL_MAX_BYTES: '16777216',
      ...topics,
      ...env,
    };
    return new Promise((resolve) => {
      execFile(process.execPath, [DOCTOR, '--json'], { env: whole, encoding: 'utf8' }, (error, stdout) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, ...(JSON.parse(stdout) as Omit<Report, 'code'>) }),
      );
    });
  }
  const faults = ({ findings }: Report) => findings.filter(({ severity }) => severity === 'fault').map(({ text }) => text);

  it('lets a rollout go on when real brokers take everything', async () => {
    const report = await doctor({});
    expect([report.code, report.ok, faults(report)]).toEqual([0, true, []]);
    const text = report.findings.map((one) => `${one.severity} ${one.text}`).join('\n');
    expect(text).toMatch(/ok broker \S+:\d+ answers/);
    // On one machine, and within the time that an answer takes.
    const [, ms] = /ok this clock is (\d+) ms (?:behind|ahead of) that of the cluster/.exec(text) ?? [];
    expect(Number(ms)).toBeLessThan(1000);
    expect(text).toContain(`warning topic ${fitting.name} has a single replica`);
  });

  it('looks at the canaries’ topic only where there are some', async () => {
    const CANARY_TOPIC = 'inlet-test-no-canaries';
    expect(faults(await doctor({ CANARY_TOPIC }))).toEqual([]);
    expect(faults(await doctor({ CANARY_TOPIC, CANARY_ENABLED: 'true' }))).toEqual([
      expect.stringContaining(`topic ${CANARY_TOPIC} (CANARY_TOPIC) does not exist`),
    ]);
  });

  it('stops it for a topic that is not there and one that is too small', async () => {
    const report = await doctor({ KAFKA_TOPIC: small.name, KAFKA_DLQ_TOPIC: 'inlet-test-nowhere' });
    expect([report.code, report.ok]).toEqual([1, false]);
    expect(faults(report).sort()).toEqual([
      `topic ${small.name} takes 2000 bytes at most, but KAFKA_PRODUCER_MESSAGE_MAX_BYTES is 1000000; raise its max.message.bytes or lower the setting`,
      'topic inlet-test-nowhere (KAFKA_DLQ_TOPIC) does not exist; create it, or set KAFKA_CREATE_TOPICS=true',
    ]);
  });

  it('stops it when no broker is there', async () => {
    const report = await doctor({ KAFKA_HOSTS: '127.0.0.1:1' });
    expect(report.code).toBe(1);
    expect(faults(report)).toEqual([expect.stringContaining('no broker of KAFKA_HOSTS answers (127.0.0.1:1: ECONNREFUSED)')]);
  });

  it.skipIf(!process.env.REDIS_URL)('compares its clock with that of a real Redis', async () => {
    const { findings } = await doctor({ REDIS_URL: process.env.REDIS_URL ?? '' });
    expect(findings).toContainEqual({ subject: 'redis', severity: 'ok', text: 'Redis answers' });
    expect(findings.map(({ text }) => text).join()).toMatch(/this clock is \d+ ms (?:ahead of|behind) that of Redis/);
  });
});
