import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { playLog } from './log/play-log.js';
import { play, type Played } from './play.js';
import { missing, table } from './verdict/report.js';
import { Tally } from './world/tally.js';

/** How many histories, and the first seed: `SIMULATION_SEEDS=1 SIMULATION_FROM=4711` plays one again. */
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 300);
const FROM = Number(process.env.SIMULATION_FROM ?? 1);
/** Of several processes each takes every so many-th seed. */
const STEP = Number(process.env.SIMULATION_STEP ?? 1);
/** Where the counts go, for whoever adds them up. */
const COUNTS = process.env.SIMULATION_COUNTS;
const IS_WHOLE = SEEDS >= 300;
const MOST_FAILURES = Number(process.env.SIMULATION_FAILURES ?? 10);
const SHOWN_LINES = Number(process.env.SIMULATION_LINES ?? 60);

describe('the simulation', () => {
  it(
    `keeps every promise in ${SEEDS} histories`,
    async () => {
      const tally = new Tally();
      const failures: string[] = [];
      const begin = performance.now();
      const judge = (kind: string, { seed, broken, counts, lines }: Played) => {
        tally.merge(counts);
        if (broken.length === 0) return;
        tally.add('failed histories');
        failures.push(`${kind} ${seed}: ${broken.slice(0, 6).join('; ')}`);
        console.log(`SEED ${seed}\n  ${lines.join('\n  ')}\n${failures.at(-1)!}\n`);
      };
      for (let i = 0, seed = FROM; i < SEEDS; i++, seed += STEP) {
        judge('seed', await play(seed, SHOWN_LINES));
        judge('log of seed', await playLog(seed, SHOWN_LINES));
        tally.add('histories');
        if (failures.length >= MOST_FAILURES) break;
      }
      if (COUNTS !== undefined) writeFileSync(COUNTS, JSON.stringify(tally.by));
      console.log(`${table(tally.by)}\n${((performance.now() - begin) / 1000).toFixed(1)} s`);
      expect(failures).toEqual([]);
      if (IS_WHOLE && STEP === 1) expect(missing(tally.by)).toEqual([]);
    },
    60_000 + SEEDS * 3000,
  );

  it('plays a seed the same way each time', async () => {
    for (const player of [play, playLog]) {
      const [first, second, other] = [await player(FROM), await player(FROM), await player(FROM + 1)];
      expect(second.hash).toBe(first.hash);
      expect(second.lines).toEqual(first.lines);
      expect(other.hash).not.toBe(first.hash);
    }
  });
});
