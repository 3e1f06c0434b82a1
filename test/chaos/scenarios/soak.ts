import { readdirSync } from 'node:fs';
import type { Scenario } from '../scenario.ts';
import { sleep, type Stage } from '../stage.ts';
import { noteAcks, untilDirect } from './outage.ts';

/** `CHAOS_SOAK_MINUTES`: how long it goes on. */
const MINUTES = Number(process.env.CHAOS_SOAK_MINUTES ?? '120');
const FAIR_MS = 45_000;
const FROZEN_MS = 12_000;

interface Sample {
  readonly hours: number;
  readonly heapMiB: number;
  readonly anonymousMiB: number;
  readonly handles: number;
  /** 99th percentile since the process began, milliseconds. */
  readonly loopDelayMs: number;
}

export const SOAK_SCENARIOS: readonly Scenario[] = [
  {
    name: 'soak',
    proves: 'two hours of outages of twelve seconds, one a minute: memory and file handles do not grow',
    isShort: false,
    minutes: MINUTES + 10,
    async run(stage, world) {
      const broker = await world.broker();
      await stage.topics(broker.hosts);
      await stage.open({});
      const load = stage.load({ rate: 100, maxSeconds: MINUTES * 60 + 300 });
      stage.defer(() => broker.resume());
      await untilDirect(stage, load);
      const began = performance.now();
      const samples: Sample[] = [];
      let cycles = 0;
      while (performance.now() - began < MINUTES * 60_000) {
        await sleep(FAIR_MS);
        samples.push(await sampleOf(stage, (performance.now() - began) / 3_600_000));
        broker.freeze();
        await sleep(FROZEN_MS);
        broker.resume();
        await untilDirect(stage, load, 120);
        cycles++;
      }
      noteAcks(stage, await stage.end(load));
      await stage.untilDrained();
      stage.note(`${cycles} outages in ${MINUTES} minutes`);
      for (const field of ['heapMiB', 'anonymousMiB', 'handles', 'loopDelayMs'] as const) {
        const values = samples.map((sample) => sample[field]);
        stage.note(
          `${field}: first ${values[0]?.toFixed(1)}, last ${values.at(-1)?.toFixed(1)}, ${slope(samples, field).toFixed(2)} an hour`,
        );
      }
      const [early, late] = [samples[Math.floor(samples.length / 4)], samples[samples.length - 1]];
      stage.check(late.handles <= early.handles + 20, `file handles grew from ${early.handles} to ${late.handles}`);
      return stage.judge({
        acknowledgedShare: 0.99,
        duplicates: cycles * stage.peakInFlight,
        because: 'requests under way at each freeze',
      });
    },
  },
];

async function sampleOf(stage: Stage, hours: number): Promise<Sample> {
  const metrics = await stage.metrics();
  return {
    hours,
    heapMiB: (metrics.get('nodejs_heap_size_used_bytes') ?? NaN) / (1 << 20),
    anonymousMiB: stage.anonymousNow(),
    handles: process.platform === 'linux' ? readdirSync(`/proc/${stage.gateway.pid}/fd`).length : 0,
    loopDelayMs: (metrics.get('nodejs_eventloop_lag_p99_seconds') ?? NaN) * 1000,
  };
}

/** Least squares over the second half: what comes before is warming up. */
function slope(samples: readonly Sample[], field: Exclude<keyof Sample, 'hours'>): number {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (pick: (sample: Sample) => number) => half.reduce((sum, sample) => sum + pick(sample), 0) / half.length;
  const [x, y] = [mean(({ hours }) => hours), mean((sample) => sample[field])];
  const over = half.reduce((sum, sample) => sum + (sample.hours - x) * (sample[field] - y), 0);
  return over / half.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0);
}
