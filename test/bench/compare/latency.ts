import { median } from '../gateway/measure.ts';
import type { Subject } from '../gateway/subject.ts';
import type { WorkloadName } from '../gateway/workloads.ts';
import type { Stage } from '../stage.ts';

/** How much of what it can take at most a service is given, so that bursts fit. */
const LOAD = 0.7;
/** More than requests are under way at this load, as behind a load balancer. */
const CONNECTIONS = 64;

export interface Latency {
  readonly workload: WorkloadName;
  /** Requests a second, closed loop: all that broker, gateway and generator can do together on this machine. */
  readonly saturation: number;
  readonly requestsPerSecond: number;
  /** Milliseconds from when a request was due to its answer. */
  readonly p50: number;
  readonly p99: number;
  readonly late: number;
}

/** How long acknowledgements take at 70 % of saturation, requests falling due at a constant rate whatever the answers do. */
export async function latencyAt70(stage: Stage, gateway: Subject, workload: WorkloadName, seconds: number): Promise<Latency> {
  const saturating = { load: workload, seconds: Math.min(4, seconds), connections: CONNECTIONS };
  const runs = [await stage.measure(gateway, saturating), await stage.measure(gateway, saturating)];
  const saturation = median(runs.map(({ requestsPerSecond }) => requestsPerSecond));
  const requestsPerSecond = saturation * LOAD;
  const { p50, p99, late } = await stage.measure(gateway, { load: workload, seconds, connections: CONNECTIONS, requestsPerSecond });
  return { workload, saturation, requestsPerSecond, p50, p99, late };
}
