import { writeFileSync } from 'node:fs';
import { EphemeralTopic } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bombCases } from './bombs/bomb-cases.js';
import type { HostileCase } from './cases/case.js';
import { CASES } from './cases/index.js';
import { ANSWER_MS } from './limits.js';
import { runCase } from './run/run-case.js';
import { lineOf, tableOf, type Row } from './run/table.js';
import { excessesOf, problemsOf } from './run/verdict.js';

// All set by `npm run test:hostile`; `npm test` sets none, and runs the short form.
/** `short`, `all`, or how the names of groups or cases begin. */
const wanted = process.env.HOSTILE_CASES ?? 'short';
const judgesTimes = process.env.HOSTILE_JUDGES === 'all';
const bombs = Number(process.env.HOSTILE_BOMBS ?? 6);
const seed = Number(process.env.HOSTILE_SEED ?? Date.now() % 1_000_000);
const report = process.env.HOSTILE_JSON;
const hosts = process.env.KAFKA_HOSTS;

const LANES = [
  '',
  '_OVERFLOW',
  '_HISTORICAL',
  '_ERROR_TRACKING',
  '_HEATMAPS',
  '_CLIENT_INGESTION_WARNING',
  '_DLQ',
  '_REPLAY',
  '_REPLAY_OVERFLOW',
];

function isWanted({ group, name, isShort }: HostileCase): boolean {
  if (wanted === 'short') return isShort === true;
  return wanted === 'all' || `${group}: ${name}`.startsWith(wanted);
}

const cases = [...CASES, ...bombCases(seed, bombs)].filter(isWanted);

describe(`${cases.length} hostile cases, each against a gateway of its own (seed ${seed} repeats the bombs):`, () => {
  const rows: Row[] = [];
  let topic: EphemeralTopic | undefined;
  let kafkaEnv: Record<string, string> | undefined;

  beforeAll(async () => {
    if (hosts === undefined || !cases.some(({ hasReplayThread }) => hasReplayThread)) return;
    topic = await EphemeralTopic.create(hosts);
    kafkaEnv = { KAFKA_HOSTS: hosts, ...Object.fromEntries(LANES.map((lane) => [`KAFKA${lane}_TOPIC`, topic!.name])) };
  });
  afterAll(async () => {
    await topic?.delete();
    console.log(`\n${tableOf(rows)}\n`);
    if (report !== undefined) writeFileSync(report, JSON.stringify({ seed, rows }, undefined, 2));
  });

  for (const hostile of cases) {
    it.skipIf(hostile.hasReplayThread === true && hosts === undefined)(`${hostile.group}: ${hostile.name}`, async () => {
      const outcome = await runCase(hostile, { answerMs: ANSWER_MS, kafkaEnv });
      const [problems, excesses] = [problemsOf(outcome, hostile), excessesOf(outcome, hostile)];
      rows.push({ ...outcome, problems, excesses });
      // A whole run takes half an hour: each line as it comes, and all of them at the end.
      if (judgesTimes) process.stderr.write(`${lineOf(rows[rows.length - 1]).join('  ')}\n`);
      expect(judgesTimes ? [...problems, ...excesses] : problems).toEqual([]);
    });
  }
});
