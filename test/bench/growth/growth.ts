import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, type Figures } from '../gateway/measure.ts';
import { projectToken } from '../gateway/requests.ts';
import type { Subject } from '../gateway/subject.ts';
import type { Stage } from '../stage.ts';
import { axes, type Axis, type Series } from './axes.ts';

export interface Point {
  readonly value: number;
  /** CPU, µs an event; an event's KB where the series is about bytes. */
  readonly microseconds: number;
  readonly eventsPerSecond: number;
  /** Peak of the gateway so far, MiB. */
  readonly anonymousMiB: number;
}

export interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Growth {
  readonly axis: Pick<Axis, 'name' | 'title' | 'unit'>;
  readonly curves: readonly Curve[];
}

export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  /** Only the first and the last value of each axis. */
  readonly endsOnly: boolean;
  /** Names of axes; all if empty. */
  readonly only: readonly string[];
}

const WARM_UP_SECONDS = 2;
/** Of a gateway that has just begun: until its code is compiled. */
const FIRST_WARM_UP_SECONDS = 6;
/** What a gateway takes at least while it gets to know all ids. */
const PRIMING_EVENTS_PER_SECOND = 20_000;

/** What an event costs as each of its circumstances grows, the others staying as they are. */
export async function growth(stage: Stage, effort: Effort): Promise<Growth[]> {
  const folder = mkdtempSync(join(tmpdir(), 'inlet-projects-'));
  const usual = await stage.gateway('gateway');
  try {
    const grown: Growth[] = [];
    for (const axis of axes((projects) => projectsFile(folder, projects))) {
      if (effort.only.length > 0 && !effort.only.includes(axis.name)) continue;
      const { name, title, unit } = axis;
      const curves: Curve[] = [];
      for (const series of axis.series) curves.push(await curve(stage, usual, axis, series, effort));
      grown.push({ axis: { name, title, unit }, curves });
      report(grown.at(-1)!);
    }
    return grown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function curve(stage: Stage, usual: Subject, axis: Axis, series: Series, effort: Effort): Promise<Curve> {
  const values = effort.endsOnly ? [axis.values[0], axis.values.at(-1)!] : axis.values;
  const runs = values.map((): Figures[] => []);
  const subjects: Subject[] = [];
  for (const value of values) {
    const subject = series.env === undefined ? usual : await stage.gateway('gateway', { env: series.env(value) });
    subjects.push(subject);
    if (series.awaits !== undefined) await untilGauge(subject, series.awaits, value);
    const least = subject === usual ? WARM_UP_SECONDS : FIRST_WARM_UP_SECONDS;
    const seconds = series.isPrimed ? Math.max(least, value / PRIMING_EVENTS_PER_SECOND) : least;
    await stage.measure(subject, { ...series.load(value), seconds });
  }
  // All values in turn, time and again: what disturbs the machine for a while spoils a round, not a point.
  for (let round = 0; round < effort.rounds; round++)
    for (const [i, value] of values.entries())
      runs[i].push(await stage.measure(subjects[i], { ...series.load(value), seconds: effort.seconds }));
  const points = values.map((value, i) => ({
    value,
    microseconds: median(runs[i].map(({ cpuMicrosecondsPerEvent }) => cpuMicrosecondsPerEvent)) / (series.per?.(value) ?? 1),
    eventsPerSecond: median(runs[i].map(({ eventsPerSecond }) => eventsPerSecond)),
    anonymousMiB: Math.round(subjects[i].peakMemory().anonymous / 2 ** 20),
  }));
  for (const subject of subjects) if (subject !== usual) await stage.end(subject);
  return { name: series.name, points };
}

async function untilGauge({ url }: Subject, gauge: string, value: number): Promise<void> {
  const reached = async () => (await (await fetch(`${url}/metrics`)).text()).includes(`\n${gauge} ${value}\n`);
  for (let tries = 0; !(await reached()); tries++) {
    if (tries > 120) throw new Error(`${gauge} did not become ${value}`);
    await sleep(500);
  }
}

function projectsFile(folder: string, count: number): string {
  const file = join(folder, `${count}.json`);
  const projects = Array.from({ length: count }, (_, i) => ({
    token: projectToken(i),
    ip: 'keep',
    limits: { events: { monthly: 10 ** 12 } },
  }));
  writeFileSync(file, JSON.stringify({ projects }));
  return file;
}

function report({ axis, curves }: Growth): void {
  for (const { name, points } of curves) {
    console.log(`\n${axis.title}${axis.unit && ` (${axis.unit})`}: ${name}`);
    for (const { value, microseconds, eventsPerSecond, anonymousMiB } of points) {
      const cells = [
        microseconds.toFixed(2).padStart(10),
        'µs',
        eventsPerSecond.toFixed(0).padStart(10),
        'events/s',
        String(anonymousMiB).padStart(6),
        'MiB',
      ];
      console.log(`${value.toLocaleString('en').padStart(12)} ${cells.join(' ')}`);
    }
    console.log(`${'last/first'.padStart(12)} ${(points.at(-1)!.microseconds / points[0].microseconds).toFixed(2).padStart(10)}`);
  }
}
