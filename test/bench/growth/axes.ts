import type { Load } from '../gateway/measure.ts';
import type { Shape } from '../gateway/load-options.ts';

/** Along what a deployment grows, and how it is measured there. */
export interface Axis {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  load(value: number): Omit<Load, 'seconds'>;
  /** Settings of the gateway. One that is given here has the gateway for itself. */
  env?(value: number): Record<string, string>;
  /** A gauge in /metrics that is to reach the value before anything is measured. */
  readonly awaits?: string;
  /** The gateway has a memory of ids: all must have come once before it counts. */
  readonly isPrimed?: boolean;
  /** Divides the figures further: bytes instead of events. */
  per?(value: number): number;
}

/** As the fixed workloads: an event of 1.2 KB, 5,000 people, one project. */
const USUAL: Shape = { batch: 100, bytes: 1200, ids: 5000, projects: 1 };
const CONNECTIONS = 16;
const busy = (shape: Partial<Shape>): Omit<Load, 'seconds'> => ({ load: { ...USUAL, ...shape }, connections: CONNECTIONS });
/** So much that nothing overflows: every id is remembered and looked up, and its events keep their way. */
const LIMITER = {
  OVERFLOW_ENABLED: 'true',
  OVERFLOW_PER_SECOND_LIMIT: '1000000',
  OVERFLOW_BURST_LIMIT: '10000000',
  OVERFLOW_MAX_KEYS: '1000000',
};

/** @param projectsFile writes a file with so many projects @returns its path */
export function axes(projectsFile: (projects: number) => string): Axis[] {
  return [
    {
      name: 'batch',
      title: 'events a request',
      unit: '',
      values: [1, 3, 10, 30, 100, 300, 1000],
      series: [{ name: 'CPU per event', load: (batch) => busy({ batch }) }],
    },
    {
      name: 'size',
      title: 'size of an event',
      unit: 'KB',
      values: [0.2, 0.5, 1.2, 3, 10, 30, 100],
      series: [
        { name: 'CPU per event', load: (kilobytes) => busy({ batch: 10, bytes: kilobytes * 1000 }) },
        { name: 'CPU per KB', load: (kilobytes) => busy({ batch: 10, bytes: kilobytes * 1000 }), per: (kilobytes) => kilobytes },
      ],
    },
    {
      name: 'connections',
      title: 'connections',
      unit: '',
      values: [1, 4, 16, 64, 250, 1000, 2000],
      series: [
        { name: 'single events, each waits for its answer', load: (connections) => ({ load: { ...USUAL, batch: 1 }, connections }) },
        { name: '80 batches of 100 a second over all', load: (connections) => ({ load: USUAL, connections, requestsPerSecond: 80 }) },
      ],
    },
    {
      name: 'ids',
      title: 'distinct ids',
      unit: '',
      values: [1, 100, 10_000, 100_000, 1_000_000],
      series: [
        { name: 'as configured by default', load: (ids) => busy({ ids }) },
        { name: 'with the overflow limiter', load: (ids) => busy({ ids }), env: () => LIMITER, isPrimed: true },
      ],
    },
    {
      name: 'projects',
      title: 'registered projects',
      unit: '',
      values: [1, 100, 10_000, 100_000],
      series: [
        {
          name: 'batches of 10, each of another project',
          load: (projects) => busy({ batch: 10, projects }),
          env: (projects) => ({ PROJECT_SOURCE: 'file', PROJECTS_FILE: projectsFile(projects), UNKNOWN_TOKENS: 'reject' }),
          awaits: 'capture_projects',
        },
      ],
    },
  ];
}
