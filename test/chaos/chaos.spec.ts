import { appendFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { isOnPath } from '../services/commands.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';
import type { Row } from './verdict/row.ts';
import { tableOf } from './verdict/table.ts';
import { World } from './world.ts';

const LIMIT_MS = 300_000;
/** Set by `npm run test:chaos`: `all`, `short`, or names separated by commas. */
const wanted = process.env.CHAOS_SCENARIOS ?? 'short';
const report = process.env.CHAOS_REPORT;
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && isOnPath('mount');

function isWanted({ name, isShort, minutes }: Scenario): boolean {
  return (
    (wanted === 'all' && minutes === undefined) ||
    (wanted === 'short' && isShort) ||
    wanted.split(',').some((one) => name === one || name.startsWith(`${one}-`))
  );
}

/** With real brokers, which it starts, kills, freezes and starts again. */
describe('under faults, nothing acknowledged is lost:', () => {
  const world = new World();
  const rows: Row[] = [];
  afterAll(async () => {
    await world.end();
    const table = tableOf(rows);
    console.log(`\n${table}\n`);
    if (report !== undefined) appendFileSync(report, `${table}\n`);
  }, LIMIT_MS);

  for (const scenario of SCENARIOS.filter(isWanted)) {
    it.skipIf(scenario.mounts === true && !canMount)(
      `${scenario.name}: ${scenario.proves}`,
      async () => {
        const stage = new Stage(scenario.name);
        try {
          const row = await scenario.run(stage, world);
          rows.push(row);
          console.log(tableOf([row]));
          expect(row.problems).toEqual([]);
        } catch (error) {
          // Whatever state it was left in, the next scenario must not suffer from it.
          await stage.strike();
          await world.end();
          throw error;
        }
        await stage.strike();
      },
      LIMIT_MS + 1.5 * (scenario.minutes ?? 0) * 60_000,
    );
  }
});
