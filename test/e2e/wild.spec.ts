import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWild } from '../wild/compare-wild.js';
import { sendWild } from '../wild/send-wild.js';
import { readWildCases, type WildCase } from '../wild/wild-case.js';
import { openGateway, type Gateway } from './gateway.js';

const all = [...readWildCases('reported.jsonl'), ...readWildCases('relatives.jsonl')];

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

    it.each(cases)('$id $title', async (wildCase) => {
      const answer = await sendWild(port, wildCase);
      expect(compareWild(wildCase, answer, gateway.taken()).join('\n')).toBe('');
    });
  });
});

function byEnv(cases: readonly WildCase[]): { env: Readonly<Record<string, string>>; cases: readonly WildCase[] }[] {
  return [...Map.groupBy(cases, ({ env = {} }) => JSON.stringify(env))].map(([env, group]) => ({
    env: JSON.parse(env) as Record<string, string>,
    cases: group,
  }));
}
