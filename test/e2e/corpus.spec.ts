import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRequest, compareCase, fillIn, fillInEnv, groupByEnv, isRun, readCorpus, tally } from '../corpus/runner.js';
import { NOW, openGateway, type Gateway } from './gateway.js';

const files = readCorpus();
const all = files.flatMap(({ cases }) => cases);

/** Each file with those of its cases that this process can show. */
const here = files.map(({ name, cases }) => ({ name, cases: cases.filter((one) => isRun(one) && one.needs !== 'kafka') }));

describe.each(here.filter(({ cases }) => cases.length > 0))('corpus $name', ({ cases }) => {
  describe.each(groupByEnv(cases))('with $env', ({ env, cases: group }) => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await openGateway(fillInEnv(env));
    });
    afterAll(() => gateway.close());

    it.each(group)('$id $title', async (given) => {
      const corpusCase = fillIn(given, NOW);
      const answer = await gateway.send(buildRequest(corpusCase.request!));
      const messages = gateway.taken();
      expect(compareCase(corpusCase, answer, messages).join('\n')).toBe('');
      for (const { value } of messages) expect(JSON.parse(value)).toMatchObject({ now: new Date(NOW).toISOString() });
    });
  });
});

describe('the corpus', () => {
  it('covers every row of section 12', () => {
    const rows = new Set(all.flatMap(({ id }) => (/^[A-G]\d+/.test(id) ? [Number.parseInt(id.slice(1), 10)] : [])));
    expect(Array.from({ length: 168 }, (_, i) => i + 1).filter((row) => !rows.has(row))).toEqual([]);
  });

  it('names files that there are for what others prove', () => {
    const named = all.flatMap(({ elsewhere = '' }) => elsewhere.match(/(?:test|libs)\/[\w/.-]+\.ts|[\w-]+\.jsonl/g) ?? []);
    const pathOf = (name: string) => join(import.meta.dirname, name.includes('/') ? '../..' : '../corpus', name);
    expect(named.filter((name) => !existsSync(pathOf(name)))).toEqual([]);
    expect(named.length).toBeGreaterThan(30);
  });

  it('says what it leaves out', () => {
    for (const line of tally(all)) console.log(`corpus: ${line}`);
    const needsKafka = all.filter(({ needs }) => needs === 'kafka');
    console.log(`corpus: only with a broker: ${needsKafka.length} cases (${needsKafka.map(({ id }) => id).join(' ')})`);
    expect(all.filter(isRun).length).toBeGreaterThan(400);
  });
});
