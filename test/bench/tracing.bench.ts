// `node test/bench/tracing.bench.ts [--rounds 16] [--seconds 2] [--compare REV]`: what tracing costs a request of one event, in
// CPU per event beside tracing that is off: of a request that is not sampled, of 1 in 100, and of all. Build first.
// With --compare, off is also set beside another revision, say one that knew nothing of tracing.
import { parseArgs } from 'node:util';
import { openCollector } from '../otlp/collector.ts';
import { median } from './gateway/measure.ts';
import type { Subject } from './gateway/subject.ts';
import { onStage } from './stage.ts';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '16' }, seconds: { type: 'string', default: '2' }, compare: { type: 'string' } },
});
const load = { load: 'single', seconds: Number(options.seconds), connections: 32 } as const;

const collector = await openCollector();
try {
  await onStage(async (stage) => {
    const traced = (rate: string) =>
      stage.gateway(`rate ${rate}`, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SAMPLING_RATE: rate } });
    const off = await stage.gateway('off');
    const others: Subject[] = [await traced('0'), await traced('0.01'), await traced('1')];
    if (options.compare) others.unshift(await stage.gateway(options.compare, { folder: stage.checkOut(options.compare) }));
    const all = [off, ...others];
    const costs = new Map(all.map(({ name }): [string, number[]] => [name, []]));
    for (const subject of all) await stage.measure(subject, load);
    for (let round = 0; round < Number(options.rounds); round++) {
      // In another order each time: what comes after what is no property of either.
      for (const subject of round % 2 === 0 ? all : all.toReversed()) {
        const { cpuMicrosecondsPerEvent } = await stage.measure(subject, load);
        costs.get(subject.name)!.push(cpuMicrosecondsPerEvent);
        collector.spans.length = collector.bodies.length = 0;
      }
    }
    const base = costs.get('off')!;
    for (const [name, values] of costs) {
      const ratio = median(values.map((value, round) => value / base[round]));
      const least = Math.min(...values);
      console.log(
        `${name.padEnd(12)} ${median(values).toFixed(1)} µs an event, ${least.toFixed(1)} at the least; ${ratio.toFixed(3)} of off`,
      );
    }
  });
} finally {
  await collector.close();
}
