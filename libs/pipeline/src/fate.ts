import { weakerAck, type Ack, type CapturedEvent, type Drop, type DroppedEvent } from '@app/event';
import type { Delivery } from './event-sink.js';

/** What became of one event of a request. */
export type Fate =
  | {
      readonly kind: 'accepted';
      readonly ack: Ack;
      readonly isSpooled: boolean;
      /** Some step switched person processing off for it. */
      readonly disablePersonProcessing: boolean;
    }
  | { readonly kind: 'dropped'; readonly drop: Drop }
  /** Not durable: the sender is to send it again. */
  | { readonly kind: 'retry' };

/**
 * The fate of each index. An event that left as several messages (a heatmap beside it, a recording in parts) is accepted
 * when all of them are: the worst of their fates is its own.
 */
export function fatesOf(
  outgoing: readonly CapturedEvent[],
  deliveries: readonly PromiseSettledResult<readonly Delivery[]>[],
  dropped: readonly DroppedEvent[],
): { fates: Map<number, Fate>; accepted: CapturedEvent[] } {
  const fates = new Map<number, Fate>(dropped.map(({ index, drop }) => [index, { kind: 'dropped', drop }]));
  for (const [i, event] of outgoing.entries()) {
    const fate = fateOf(event, deliveries[i]);
    // What the gateway made beside an event does not cost its sender the event.
    if (fate.kind === 'dropped' && event.inputs === 0) continue;
    const known = fates.get(event.index);
    fates.set(event.index, known === undefined ? fate : worse(known, fate));
  }
  return { fates, accepted: outgoing.filter(({ index }) => fates.get(index)?.kind === 'accepted') };
}

function fateOf(event: CapturedEvent, settled: PromiseSettledResult<readonly Delivery[]>): Fate {
  if (settled.status === 'rejected') return { kind: 'retry' };
  const [{ ack, spooled, dropped }] = settled.value;
  if (dropped.length > 0) return { kind: 'dropped', drop: dropped[0].drop };
  return { kind: 'accepted', ack, isSpooled: spooled > 0, disablePersonProcessing: event.disablePersonProcessing };
}

const RANK = { accepted: 0, dropped: 1, retry: 2 } as const;

function worse(a: Fate, b: Fate): Fate {
  if (a.kind !== 'accepted' || b.kind !== 'accepted') return RANK[b.kind] > RANK[a.kind] ? b : a;
  return {
    kind: 'accepted',
    ack: weakerAck(a.ack, b.ack),
    isSpooled: a.isSpooled || b.isSpooled,
    disablePersonProcessing: a.disablePersonProcessing || b.disablePersonProcessing,
  };
}
