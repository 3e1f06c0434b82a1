import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWild } from '../wild/compare-wild.js';
import { sendWild } from '../wild/send-wild.js';
import { readWildCases, type WildCase } from '../wild/wild-case.js';
import { openGateway, type Gateway } from './gateway.js';

const all = [...readWildCases('reported.jsonl'), ...readWildCases('relatives.jsonl')];

/** Those that do not pass yet. */
const OPEN = new Set('bs2059 tk3859 z1 z2 z3 z5 z10 f3 y1'.split(' '));

describe('what was seen in the wild', () => {
  describe.each(byEnv(all))('with $env', ({ env, cases }) => {
    let gateway: Gateway;
    let port: number;
    beforeAll(async () => {
      gateway = await openGateway(env);
      await gateway.app.listen(0, '127.0.0.1');
      ({ port } = gateway.app.getHttpServer().address() as AddressInfo);
    });
    afterAll(() => gateway.close());

    const holds = async (wildCase: WildCase) => {
      const answer = await sendWild(port, wildCase);
      expect(compareWild(wildCase, answer, gateway.taken()).join('\n')).toBe('');
    };
    it.each(cases.filter(({ id }) => !OPEN.has(id)))('$id $title', holds);
    it.fails.each(cases.filter(({ id }) => OPEN.has(id)))('$id $title', holds);
  });
});

function byEnv(cases: readonly WildCase[]): { env: Readonly<Record<string, string>>; cases: readonly WildCase[] }[] {
  return [...Map.groupBy(cases, ({ env = {} }) => JSON.stringify(env))].map(([env, group]) => ({
    env: JSON.parse(env) as Record<string, string>,
    cases: group,
  }));
}
