import type { WorkloadName } from '../gateway/workloads.ts';

/** What is assumed, each with its name on the page. Prices are US dollars. */
export interface Assumptions {
  /** Which part of all events comes in which kind of request. */
  readonly mix: Partial<Record<WorkloadName, number>>;
  /** Of the CPU that is requested, in ordinary times: the rest is for bursts, restarts and rollouts. */
  readonly utilisation: number;
  readonly zones: number;
  /** The same when one zone is away, and the others carry everything. */
  readonly utilisationInNeed: number;
  /** A pod, as the chart requests it. */
  readonly podCpus: number;
  readonly podGiB: number;
  /** Its volume, for the spool. */
  readonly podVolumeGiB: number;
  readonly dollarsPerCpuHour: number;
  readonly dollarsPerGiBHour: number;
  readonly dollarsPerVolumeGiBMonth: number;
  readonly hoursPerMonth: number;
  /** For a GB that crosses from one zone into another, both sides together. */
  readonly dollarsPerCrossZoneGB: number;
  /** Copies in other zones: so often what was produced crosses between brokers. */
  readonly crossZoneCopies: number;
  /** So many times smaller is what KAFKA_COMPRESSION_CODEC=lz4 produces. */
  readonly lz4: number;
  /** Pods of the Django service that did what one of the Rust service did, by their authors' word. */
  readonly djangoPerRust: number;
}

/** What an event costs whom: CPU µs in each kind of request. */
export type CpuPerEvent = Partial<Record<WorkloadName, number>>;

export interface Fleet {
  readonly pods: number;
  /** Compute, memory and volumes; no network. */
  readonly dollarsPerMonth: number;
}

/** CPU µs an event of the whole mix. @throws Error when a part of the mix was not measured */
export function mixed(cpu: CpuPerEvent, { mix }: Pick<Assumptions, 'mix'>): number {
  return Object.entries(mix).reduce((sum, [workload, part]) => {
    const microseconds = cpu[workload as WorkloadName];
    if (microseconds === undefined) throw new Error(`${workload} is in the mix but was not measured`);
    return sum + part * microseconds;
  }, 0);
}

/** Pods that carry so many events a second at their usual load, and without any one zone at the load allowed in need. */
export function podsFor(eventsPerSecond: number, microseconds: number, a: Assumptions): number {
  const pods = (eventsPerSecond * microseconds) / 1e6 / a.podCpus;
  const usually = pods / a.utilisation;
  const inNeed = ((pods / a.utilisationInNeed) * a.zones) / (a.zones - 1);
  // The same number in each zone, and at least one.
  return Math.max(1, Math.ceil(round(Math.max(usually, inNeed) / a.zones))) * a.zones;
}

export function fleet(pods: number, a: Assumptions, hasVolumes = true): Fleet {
  const running = a.podCpus * a.dollarsPerCpuHour + a.podGiB * a.dollarsPerGiBHour;
  const volume = hasVolumes ? a.podVolumeGiB * a.dollarsPerVolumeGiBMonth : 0;
  return { pods, dollarsPerMonth: pods * (running * a.hoursPerMonth + volume) };
}

export interface Network {
  readonly gigabytesPerSecond: number;
  /** From the gateways to leaders in other zones. */
  readonly producingPerMonth: number;
  /** From leaders to their followers in other zones. */
  readonly copyingPerMonth: number;
}

/** Between zones. What comes in from clients is free of charge in the large clouds. */
export function network(eventsPerSecond: number, bytesPerEvent: number, a: Assumptions): Network {
  const gigabytesPerSecond = (eventsPerSecond * bytesPerEvent) / 1e9;
  const month = gigabytesPerSecond * 3600 * a.hoursPerMonth * a.dollarsPerCrossZoneGB;
  return { gigabytesPerSecond, producingPerMonth: month * (1 - 1 / a.zones), copyingPerMonth: month * a.crossZoneCopies };
}

/** Without what binary fractions add: 3.0000000004 pods are three. */
const round = (n: number) => Number(n.toFixed(9));
