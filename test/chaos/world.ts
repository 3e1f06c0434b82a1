import { Cluster } from './faults/cluster.ts';
import { FlakyBroker } from './faults/flaky-broker.ts';

/** The brokers that scenarios share, each started when the first one asks. */
export class World {
  #broker: Promise<FlakyBroker> | undefined;
  #cluster: Promise<Cluster> | undefined;

  broker(): Promise<FlakyBroker> {
    return (this.#broker ??= FlakyBroker.start());
  }

  cluster(): Promise<Cluster> {
    return (this.#cluster ??= Cluster.start());
  }

  /** After a scenario that failed halfway nobody knows what state they are in: the next one gets new ones. */
  async end(): Promise<void> {
    const parts = [this.#broker, this.#cluster];
    this.#broker = undefined;
    this.#cluster = undefined;
    for (const part of parts) await (await part?.catch(() => undefined))?.stop();
  }
}
