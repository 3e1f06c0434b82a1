import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imbalances, readMetrics } from '../verdict/metrics.ts';
import type { Scenario } from '../scenario.ts';
import { sleep, type Stage } from '../stage.ts';
import { noteAcks, untilAck, untilDirect } from './outage.ts';

const DRAIN = join(import.meta.dirname, '../../../dist/src/drain/main.js');
const PENDING = 'capture_spool_pending_events';

interface Drained {
  readonly code: number;
  readonly text: string;
  readonly found: number;
  readonly delivered: number;
  readonly waiting: number;
}

/** `inlet drain`, on a volume. */
function drain(stage: Stage, volume: string, seconds: number): Promise<Drained> {
  const env = { ...stage.environment, PATH: process.env.PATH, DATA_DIR: volume };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [DRAIN, '--json', '--seconds', String(seconds)], { env }, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`the drain said nothing: ${stderr}`));
      else resolve({ code: Number(error?.code ?? 0), ...(JSON.parse(stdout) as Omit<Drained, 'code'>) });
    });
  });
}

/** A pod of a set: its disk stays when it goes. */
async function ordinal(stage: Stage) {
  const volume = mkdtempSync(join(tmpdir(), 'inlet-chaos-volume-'));
  const gateway = await stage.openBeside(volume);
  stage.defer(() => rmSync(volume, { recursive: true, force: true }));
  return { volume, gateway, load: stage.load({ url: gateway.url, rate: 100 }) };
}

export const SCALE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'scale-in',
    proves: 'three pods become one with the broker down: the two volumes left over are drained by `inlet drain`, nothing is lost',
    isShort: true,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({});
      const load = stage.load({ rate: 100 });
      const leaving = [await ordinal(stage), await ordinal(stage)];
      for (const one of [load, ...leaving.map((pod) => pod.load)]) await untilDirect(stage, one);
      await broker.kill();
      for (const one of [load, ...leaving.map((pod) => pod.load)]) await untilAck(stage, one, /^spool$/);
      await sleep(1500);

      const left: number[] = [];
      for (const { gateway, load: its } of leaving) {
        noteAcks(stage, await stage.end(its));
        const metrics = await readMetrics(gateway.url);
        for (const problem of imbalances(metrics)) stage.check(false, `a pod that leaves: ${problem}`);
        left.push(metrics.get(PENDING) ?? 0);
        const code = await gateway.stop();
        stage.check(code === 0, `a pod that leaves ended with ${code}`);
      }
      stage.check(Math.min(...left) > 0, 'nothing was in the spool of a pod that left');

      await broker.restart();
      // Before ordinal 0 is rid of its own: a volume in use is left alone.
      const refused = await drain(stage, stage.dataDir, 1);
      stage.check(refused.code === 1 && refused.text.includes('in use by a gateway'), `a living pod's volume was drained: ${refused.text}`);
      for (const [i, { volume }] of leaving.entries()) {
        const { code, text, found, delivered, waiting } = await drain(stage, volume, 60);
        stage.check(code === 0 && waiting === 0, `the drain ended with ${code}: ${text}`);
        stage.check(found === left[i] && delivered === found, `${left[i]} were left, the drain found ${found} and delivered ${delivered}`);
        stage.note(`orphan ${i + 1}: ${delivered} drained`);
      }
      await untilDirect(stage, load);
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      return stage.judge({ acknowledgedShare: 0.9, duplicates: stage.peakInFlight, because: 'requests under way when the broker died' });
    },
  },
];
