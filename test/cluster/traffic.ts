import { Load, type LoadResult } from '../chaos/load/load.ts';
import { findEvents } from '../chaos/read/found-events.ts';
import { compare, type Comparison } from '../chaos/verdict/compare.ts';
import { timingOf } from '../chaos/verdict/timing.ts';
import { HOSTS } from './broker.ts';
import { get, STEP_SECONDS, until } from './commands.ts';

export interface Outcome extends Comparison {
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Events by what was promised in `Inlet-Ack`. */
  readonly acks: Readonly<Record<string, number>>;
}

/** Sends numbered events to the Service, as something outside of the cluster would. */
export async function startTraffic(service: string): Promise<Load> {
  const { spec } = await get<{ spec: { ports: { nodePort: number }[] } }>('service', service);
  // Connections are kept, as SDKs keep them: each leads to one pod until that pod closes it.
  return Load.start({ url: `http://127.0.0.1:${spec.ports[0].nodePort}`, rate: 100, keys: 60, maxSeconds: 600 });
}

/** Waits until the latest answers promise so. */
export async function untilAck(load: Load, ack: string): Promise<void> {
  await until(`events are acknowledged by ${ack}`, () => load.progress.ack === ack);
}

/** Stops sending, waits until all that was acknowledged is in the topics (or the time is over), and compares. */
export async function outcomeOf(step: string, load: Load, topics: readonly string[]): Promise<Outcome> {
  const result = await load.stop();
  const acks = Object.groupBy(
    result.records.filter(({ status }) => status === 200),
    ({ ack }) => ack,
  );
  const acknowledged = Object.values(acks).reduce((sum, records) => sum + (records?.length ?? 0), 0);
  let comparison = compare([result], await findEvents(HOSTS, topics));
  await until(
    'all is in the topics',
    async () => {
      comparison = compare([result], await findEvents(HOSTS, topics));
      return comparison.lost === 0;
    },
    STEP_SECONDS,
  ).catch(() => {});
  const outcome = {
    ...comparison,
    sent: result.offered,
    acknowledged,
    refused: result.records.length - acknowledged,
    acks: Object.fromEntries(Object.entries(acks).map(([ack, records]) => [ack, records?.length ?? 0])),
  };
  print(step, outcome, result);
  return outcome;
}

function print(step: string, { acks, examples, lost, ...counts }: Outcome, { records }: LoadResult): void {
  const { p50, p99, gap } = timingOf(records);
  const figures = Object.entries({ lost, ...counts, ...acks, p50, p99, gap }).map(([name, value]) => `${name} ${Math.round(value)}`);
  const refused = records.filter(({ status }) => status !== 200);
  const reasons = Object.entries(Object.groupBy(refused, ({ status, detail }) => `${status} ${detail}`));
  console.log(`${step}: ${figures.join(', ')}${reasons.map(([why, those]) => `, "${why}" ${those?.length}`).join('')}`);
  if (lost > 0) console.log(examples.join('; '));
}
