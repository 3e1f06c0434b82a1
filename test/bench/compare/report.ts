import { median, type Figures } from '../gateway/measure.ts';
import type { Subject } from '../gateway/subject.ts';
import type { Effort, Row } from './compare.ts';
import type { Latency } from './latency.ts';
import { MEMORY, P99, RATIO, REFERENCE } from './targets.ts';

const HEADS = ['workload', 'who', 'requests/s', 'events/s', 'CPU µs/ev', 'bytes out/ev', 'p50 ms', 'p99 ms', 'ratio', 'target'];

export function reportRows(
  rows: readonly Row[],
  [ours, theirs]: readonly [Subject, Subject],
  { pairs, seconds, connections }: Effort,
): void {
  console.log(
    `\nmedian of ${pairs} pairs of ${seconds} s, ${connections} connections, Node ${process.version}; CPU is the process group's\n`,
  );
  line(HEADS);
  for (const { workload, ratio, gateway, other, spread, itself } of rows) {
    const target = theirs.name === 'floor' ? RATIO[workload] : undefined;
    line([workload, ours.name, ...cells(gateway), ratio.toFixed(2), target === undefined ? '' : `${verdict(ratio <= target)} ${target}`]);
    line(['', theirs.name, ...cells(other)]);
    if (itself) console.log(`${' '.repeat(11)} ratios ${listed(spread)}; of ${theirs.name} against itself ${listed(itself)}`);
  }
}

/** The absolute figures, beside what others need. */
export function reportAbsolute(rows: readonly Row[]): void {
  if (!rows.some(({ workload }) => REFERENCE[workload])) return;
  console.log('\nCPU µs an event                gateway       Rust   plain prototype   gateway/Rust');
  for (const { workload, gateway } of rows) {
    const cpu = gateway.cpuMicrosecondsPerEvent;
    const reference = REFERENCE[workload];
    if (reference === undefined) continue;
    const beside = `${String(reference.rust).padStart(10)} ${String(reference.plain).padStart(17)} ${(cpu / reference.rust).toFixed(2).padStart(14)}`;
    console.log(`${workload.padEnd(27)} ${cpu.toFixed(2).padStart(10)} ${beside}`);
  }
  console.log('(Rust and prototype were measured on another day: the ratio to the floor of the same run is the surer figure.)');
}

export function reportLatency(rows: readonly Latency[]): void {
  console.log(`\nacknowledgement at 70 % of saturation, constant rate; p99 should be under ${P99} ms`);
  for (const { workload, saturation, requestsPerSecond, p50, p99, late } of rows) {
    const rate = `${requestsPerSecond.toFixed(0)} of ${saturation.toFixed(0)} requests/s`;
    const unsent = late > 0 ? `, ${late} never sent` : '';
    console.log(
      `${workload.padEnd(12)} ${rate.padEnd(30)} p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms ${verdict(p99 < P99)}${unsent}`,
    );
  }
}

export function reportSubjects(subjects: readonly Subject[]): void {
  console.log('');
  for (const subject of subjects) {
    const { anonymous, resident } = subject.peakMemory();
    const target = subject.name === 'gateway' ? ` (${verdict(anonymous < MEMORY * 2 ** 20)} ${MEMORY})` : '';
    console.log(`${subject.name}: peak memory ${mib(anonymous)} MiB anonymous${target}, ${mib(resident)} resident; ${subject.command}`);
  }
}

const listed = (ratios: readonly number[]) => `${median(ratios).toFixed(3)} (${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`;
const verdict = (isMet: boolean) => (isMet ? 'ok' : 'OVER');
const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0);

function line(row: readonly string[]): void {
  console.log(row.map((cell, i) => (i < 2 ? cell.padEnd(11) : cell.padStart(Math.max(8, HEADS[i].length + 1)))).join(' '));
}

function cells(figures: Figures): string[] {
  return [
    figures.requestsPerSecond.toFixed(0),
    figures.eventsPerSecond.toFixed(0),
    figures.cpuMicrosecondsPerEvent.toFixed(2),
    figures.bytesWrittenPerEvent.toFixed(0),
    figures.p50.toFixed(0),
    figures.p99.toFixed(0),
  ];
}
