import { idOf } from '../world/books.js';
import type { World } from '../world/world.js';

/** Where messages came first, by id. */
export interface Places {
  readonly inTopic: ReadonlyMap<string, { readonly log: string; readonly at: number }>;
  readonly dead: ReadonlySet<string>;
  readonly refused: Refused;
}

interface Refused {
  readonly refusedForGood: ReadonlySet<string>;
  readonly refusedAlone: ReadonlySet<string>;
  readonly refusals: ReadonlyMap<string, number>;
}

export function placesOf({ cluster }: World): Places {
  const inTopic = new Map<string, { log: string; at: number }>();
  const dead = new Set<string>();
  for (const [topic, partitions] of cluster.topics) {
    for (const [partition, { log }] of partitions.entries()) {
      for (const [at, value] of log.entries()) {
        const id = idOf(value);
        if (topic === 'dlq') dead.add(id);
        else if (!inTopic.has(id)) inTopic.set(id, { log: `${topic}/${partition}`, at });
      }
    }
  }
  const refusals = new Map<string, number>();
  for (const [value, times] of cluster.refusals) refusals.set(idOf(value), times);
  const [refusedForGood, refusedAlone] = [cluster.refusedForGood, cluster.refusedAlone].map((values) => new Set([...values].map(idOf)));
  return { inTopic, dead, refused: { refusedForGood, refusedAlone, refusals } };
}
