import { weakerAck, type Ack } from '@app/event';
import { OverQuota, type Fate } from '@app/pipeline';
import { textOf, type RawText } from '@app/decoder';
import { isIllegalId } from './illegal-ids.js';
import type { StrictBatch } from './strict-batch.js';

/** What became of one event, as its sender is told. */
export interface StrictResult {
  /** `warning`: accepted, with something switched off. `retry`: to be sent again, and only that. */
  readonly result: 'ok' | 'drop' | 'warning' | 'retry';
  readonly details?: string;
}

/** By the uuids as their sender wrote them. */
export type StrictResults = Readonly<Record<string, StrictResult>>;

const OK: StrictResult = { result: 'ok' };
const PERSON_PROCESSING_DISABLED = 'person_processing_disabled';

/** Every event of a batch has a result: one without a fate would be a mistake of ours, and is sent again. */
export function resultsOf(fates: ReadonlyMap<number, Fate>, { payload, uuids }: StrictBatch): StrictResults {
  return Object.fromEntries(
    uuids.map((uuid, index) => {
      const { distinctId } = payload.events[index];
      return [uuid, resultOf(fates.get(index) ?? { kind: 'retry' }, distinctId)];
    }),
  );
}

/** @param distinctId the event's own, to tell whose doing it is that its person is not processed */
function resultOf(fate: Fate, distinctId: RawText | undefined): StrictResult {
  switch (fate.kind) {
    case 'accepted':
      if (!fate.disablePersonProcessing) return OK;
      return {
        result: distinctId !== undefined && isIllegalId(textOf(distinctId)) ? 'ok' : 'warning',
        details: PERSON_PROCESSING_DISABLED,
      };
    case 'dropped':
      return { result: 'drop', details: fate.drop instanceof OverQuota ? 'billing_limit_exceeded' : fate.drop.cause };
    case 'retry':
      return { result: 'retry', details: 'not_persisted' };
    default:
      return fate satisfies never;
  }
}

/** The weakest promise among the accepted; undefined when none was. */
export function weakestAck(fates: Iterable<Fate>): Ack | undefined {
  let weakest: Ack | undefined;
  for (const fate of fates) if (fate.kind === 'accepted') weakest = weakerAck(weakest, fate.ack);
  return weakest;
}
