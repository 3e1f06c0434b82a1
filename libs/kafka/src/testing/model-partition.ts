import type { SentBatch } from './read-produce-request.js';

const SEQUENCES = 2 ** 31;
/** As many batches of a producer as Kafka remembers. */
const REMEMBERED = 5;

/** What a partition remembers of a producer. */
interface ProducerState {
  last: number;
  readonly batches: { readonly first: number; readonly last: number }[];
}

/** One partition as a broker keeps it. */
export class ModelPartition {
  /** Values as consumers see them. */
  readonly log: string[] = [];
  leader = 0;
  /** There is no leader, whoever was it before. */
  isOffline = false;
  readonly producers = new Map<bigint, ProducerState>();

  append({ producerId, sequence, values }: SentBatch): 'appended' | 'duplicate' | 'out_of_order' {
    const last = (sequence + values.length - 1) % SEQUENCES;
    const known = this.producers.get(producerId);
    if (known?.batches.some((batch) => batch.first === sequence && batch.last === last)) return 'duplicate';
    if (known !== undefined && sequence !== (known.last + 1) % SEQUENCES) return 'out_of_order';
    const state = known ?? { last: -1, batches: [] };
    state.last = last;
    state.batches.push({ first: sequence, last });
    if (state.batches.length > REMEMBERED) state.batches.shift();
    this.producers.set(producerId, state);
    this.log.push(...values);
    return 'appended';
  }
}
