import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { foundEvent, type FoundEvent } from './wire/reconcile.ts';

export interface Lanes {
  readonly gateway: Gateway;
  /** Everything in every topic under this token, once at least `count` is there. */
  read(token: string, count: number): Promise<FoundEvent[]>;
  stop(): Promise<void>;
}

/** The built gateway, with a topic of its own for each lane. */
export async function startLanes(env: Readonly<Record<string, string>> = {}): Promise<Lanes> {
  const hosts = process.env.KAFKA_HOSTS ?? '';
  const [main, historical, exceptions, heatmaps, other] = await Promise.all(
    [3, 1, 1, 1, 1].map((partitions) => EphemeralTopic.create(hosts, { partitions })),
  );
  const rest = ['OVERFLOW', 'CLIENT_INGESTION_WARNING', 'DLQ', 'REPLAY', 'REPLAY_OVERFLOW'];
  const names = {
    KAFKA_TOPIC: main.name,
    KAFKA_HISTORICAL_TOPIC: historical.name,
    KAFKA_ERROR_TRACKING_TOPIC: exceptions.name,
    KAFKA_HEATMAPS_TOPIC: heatmaps.name,
    ...Object.fromEntries(rest.map((lane) => [`KAFKA_${lane}_TOPIC`, other.name])),
  };
  const gateway = await startGateway({ env: { OUTPUT: 'kafka', KAFKA_HOSTS: hosts, ...names, ...env } });
  const lanes = { main, historical, exceptions, heatmaps, other };
  return {
    gateway,
    async read(token, count) {
      // Acknowledged is produced: one look suffices, and what comes too late is missing rightly.
      const parts = await Promise.all(
        Object.entries(lanes).map(async ([lane, topic]) => (await topic.read()).map((message) => foundEvent(lane, message))),
      );
      const found = parts.flat().filter(({ envelope }) => envelope.token === token);
      if (found.length < count) console.log(`only ${found.length} of ${count} are there`);
      return found;
    },
    async stop() {
      await gateway.stop();
      await Promise.all(Object.values(lanes).map((topic) => topic.delete()));
    },
  };
}
