import { errorName, meaningOf } from './error-table.js';
import type { PartitionOutcome, RefusalKind } from './producer-engine.js';
import { boundsIn } from './time-bounds.js';

/** What an answer says beside its code, from version 8 of Produce on. */
export interface ErrorDetail {
  readonly errorMessage?: string | null | undefined;
  readonly recordErrors?: readonly { readonly batchIndexErrorMessage?: string | null | undefined }[];
}

/** How the failure of this process shows in metrics, whatever it is. */
export const LOCAL_FAILURE = 'LOCAL_FAILURE';

const KINDS = {
  too_large: 'too_large',
  invalid: 'invalid',
  clock: 'bad_time',
  sequence: 'retryable',
  wait: 'retryable',
  unlisted: 'unlisted',
} satisfies Record<string, RefusalKind>;

/**
 * A broker's answer for one partition. With acks=all a leader appends first and then waits: whatever it says after
 * that, but success and the listed refusals, may have been written.
 */
export function outcomeOf(code: number, baseOffset: bigint, detail?: ErrorDetail): PartitionOutcome {
  const meaning = meaningOf(code);
  // A duplicate was written by an earlier attempt whose answer was lost.
  if (meaning === 'taken') return { ok: true, baseOffset: code === 0 ? baseOffset : -1n };
  const kind = KINDS[meaning];
  const refusal = {
    ok: false,
    kind,
    ambiguous: kind !== 'too_large' && kind !== 'invalid',
    error: errorName(code),
    answered: true,
  } as const;
  return kind === 'bad_time' ? { ...refusal, bounds: boundsOf(detail) } : refusal;
}

/** The broker no longer knows the producer's sequence: a new producer id makes a new beginning. */
export const isSequenceLost = (code: number): boolean => meaningOf(code) === 'sequence';

/** A broker refused the request as a whole, or one that comes before it: nothing is said of any record. */
export function requestRefused(code: number, sent: boolean): PartitionOutcome {
  return { ok: false, kind: 'retryable', ambiguous: sent, error: errorName(code), answered: true };
}

/** No broker answered: `sent` tells whether the request may have reached one. */
export function unanswered(error: unknown, sent: boolean): PartitionOutcome {
  return { ok: false, kind: 'retryable', ambiguous: sent, error: nameOf(error), answered: false };
}

/** It failed here: no broker is to blame. */
export function failedHere(error: unknown, sent = false): PartitionOutcome {
  return { ok: false, kind: 'local', ambiguous: sent, error: LOCAL_FAILURE, detail: nameOf(error), answered: false };
}

/** The innermost short name of an error: a system code such as `ECONNREFUSED` says more than the wrapper around it. */
export function nameOf(error: unknown): string {
  let current = error;
  let name = 'unknown error';
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    const { code, message } = current as Error & { code?: unknown };
    name = typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? code : message || name;
    current = current.cause ?? (current instanceof AggregateError ? current.errors[0] : undefined);
  }
  return name;
}

function boundsOf({ errorMessage, recordErrors = [] }: ErrorDetail = {}) {
  for (const { batchIndexErrorMessage } of recordErrors) {
    const bounds = boundsIn(batchIndexErrorMessage);
    if (bounds !== undefined) return bounds;
  }
  return boundsIn(errorMessage);
}
