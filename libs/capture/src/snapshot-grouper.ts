import type { CapturedEvent, DroppedEvent, Steps } from '@app/event';
import type { RawEvent } from '@app/decoder';
import type { CaptureRequest } from './capture-request.js';

/** What became of a request's `$snapshot` events: fewer or more messages than there were events. */
export interface GroupedSnapshots {
  /** In the order in which their sessions begin in the request; the parts of one session in their own order. */
  readonly events: readonly CapturedEvent[];
  readonly dropped: readonly DroppedEvent[];
}

/**
 * Takes the recordings out of a request, wherever it was sent: they are merged and split rather than normalised one by
 * one. This room owns the port; the replay room implements it.
 */
export abstract class SnapshotGrouper {
  abstract group(request: CaptureRequest, snapshots: readonly RawEvent[]): Steps<GroupedSnapshots>;
}
