import { partitionOf } from '@app/kafka';

/** By key as the batcher does it, so that a key's messages stay together; without one by number, which spreads them. */
export function partitionFor(key: string | Buffer | null, partitions: number, sequence: number): number {
  return key === null ? sequence % partitions : partitionOf(key, partitions);
}
