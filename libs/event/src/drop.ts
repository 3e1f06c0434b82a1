import { causeNameOf } from '@app/causes';
import { CaptureError, type RejectionCode } from './errors.js';

/**
 * An event is discarded by value, never by exception: a drop is counted under its cause, named in the reply of a
 * batch, and costs no stack trace. Processors share constants made once with `drop('bot_traffic')`.
 */
export class Drop {
  constructor(
    /** Metric label and the reply's `cause`: lower-case snake case, from a bounded set. */
    readonly cause: string,
    /** For the SDK's author: which field, which limit, which value's type. Never the value of personal data. */
    readonly detail?: string,
    /**
     * True when the event itself is bad. If a request holds nothing but bad events it is refused (4xx) with the
     * first one's reason; events discarded by the gateway's own rules (quota, bots) are always answered 200.
     */
    readonly rejection?: RejectionCode,
  ) {}
}

export function drop(cause: string, detail?: string): Drop {
  return new Drop(cause, detail);
}

/** A request that holds nothing but bad events is refused with the reason of one of them. */
export function refusalOf({ cause, detail }: Drop, code: RejectionCode): CaptureError {
  return new CaptureError(code, detail, causeNameOf(cause));
}

/** One entry of the reply's `dropped` list. */
export interface DroppedEvent {
  /** Position in the request, from 0. */
  readonly index: number;
  readonly uuid: string | undefined;
  readonly drop: Drop;
  /** How many events of the request are lost with it (`CapturedEvent.inputs`); 1 unless said. */
  readonly inputs?: number;
}
