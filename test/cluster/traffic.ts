import { Load, type LoadResult } from '../chaos/load/load.ts';
import { findEvents } from '../chaos/read/found-events.ts';
import { compare, type Comparison } from '../chaos/verdict/compare.ts';
import { timingOf } from '../chaos/verdict/timing.ts';
import { HOSTS } from './broker.ts';
import { get, STEP_SECONDS, until } from './commands.ts';
import { waitingByGateway } from './pods.ts';
import { TOPICS } from './values.ts';

/** A client keeps its connection, and a connection leads to one pod until that pod closes it: many are needed to reach all. */
const CLIENTS = 6;
const MOST_CLIENTS = 20;
const EACH = { rate: 20, keys: 10, maxSeconds: 600 };

export interface Outcome extends Comparison {
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Events by what was promised in `Inlet-Ack`. */
  readonly acks: Readonly<Record<string, number>>;
}

/** Clients outside of the cluster that send numbered events to its Service. */
export class Traffic {
  readonly #loads: Load[] = [];
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
    for (let i = 0; i < CLIENTS; i++) this.#loads.push(Load.start({ url, ...EACH }));
  }

  static async start(service: string): Promise<Traffic> {
    const { spec } = await get<{ spec: { ports: { nodePort: number }[] } }>('service', service);
    return new Traffic(`http://127.0.0.1:${spec.ports[0].nodePort}`);
  }

  /** Until the latest answer to each client promises so. */
  async untilAck(ack: string): Promise<void> {
    await until(`events are acknowledged by ${ack}`, () => this.#loads.every(({ progress }) => progress.ack === ack));
  }

  /** While the broker is away: until every pod has something in its spool, with more clients if chance wants it so. */
  async untilAllHoldSome(): Promise<void> {
    await until('every pod holds events', async () => {
      const isEverywhere = (await waitingByGateway()).every((events) => events > 0);
      if (!isEverywhere && this.#loads.length < MOST_CLIENTS) this.#loads.push(Load.start({ url: this.#url, ...EACH }));
      return isEverywhere;
    });
  }

  kill(): void {
    for (const load of this.#loads) load.kill();
  }

  /** Stops sending, waits until all that was acknowledged is in the topics (or the time is over), and compares. */
  async end(step: string): Promise<Outcome> {
    const results = await Promise.all(this.#loads.map((load) => load.stop()));
    let comparison = compare(results, []);
    await until('all is in the topics', async () => {
      comparison = compare(results, await findEvents(HOSTS, TOPICS));
      return comparison.lost === 0;
    }).catch(() => console.log(`${step}: after ${STEP_SECONDS} s events are missing still`));
    const outcome = outcomeOf(results, comparison);
    print(step, outcome, results);
    return outcome;
  }
}

function outcomeOf(results: readonly LoadResult[], comparison: Comparison): Outcome {
  const records = results.flatMap((result) => result.records);
  const acknowledged = records.filter(({ status }) => status === 200);
  const acks = Object.entries(Object.groupBy(acknowledged, ({ ack }) => ack)).map(([ack, those]) => [ack, those?.length ?? 0] as const);
  return {
    ...comparison,
    sent: results.reduce((sum, { offered }) => sum + offered, 0),
    acknowledged: acknowledged.length,
    refused: records.length - acknowledged.length,
    acks: Object.fromEntries(acks),
  };
}

function print(step: string, { acks, examples, lost, ...counts }: Outcome, results: readonly LoadResult[]): void {
  const records = results.flatMap((result) => result.records);
  const { p50, p99, gap } = timingOf(records);
  const figures = Object.entries({ lost, ...counts, ...acks, p50, p99, gap }).map(([name, value]) => `${name} ${Math.round(value)}`);
  const refused = records.filter(({ status }) => status !== 200);
  const reasons = Object.entries(Object.groupBy(refused, ({ status, detail }) => `${status} ${detail}`));
  console.log(`${step}: ${figures.join(', ')}${reasons.map(([why, those]) => `, "${why}" ${those?.length}`).join('')}`);
  if (lost > 0) console.log(examples.join('; '));
}
