import { protocolErrorsCodesById } from '@platformatic/kafka';
import type { PartitionOutcome, RefusalKind } from './producer-engine.js';

/** Codes of Kafka's protocol that a produce request meets. */
export const PRODUCE_ERRORS = {
  UNKNOWN_SERVER_ERROR: -1,
  CORRUPT_MESSAGE: 2,
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  LEADER_NOT_AVAILABLE: 5,
  NOT_LEADER_OR_FOLLOWER: 6,
  REQUEST_TIMED_OUT: 7,
  BROKER_NOT_AVAILABLE: 8,
  REPLICA_NOT_AVAILABLE: 9,
  MESSAGE_TOO_LARGE: 10,
  NETWORK_EXCEPTION: 13,
  COORDINATOR_LOAD_IN_PROGRESS: 14,
  COORDINATOR_NOT_AVAILABLE: 15,
  RECORD_LIST_TOO_LARGE: 18,
  NOT_ENOUGH_REPLICAS: 19,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 20,
  OUT_OF_ORDER_SEQUENCE_NUMBER: 45,
  DUPLICATE_SEQUENCE_NUMBER: 46,
  INVALID_PRODUCER_EPOCH: 47,
  INVALID_PRODUCER_ID_MAPPING: 49,
  KAFKA_STORAGE_ERROR: 56,
  UNKNOWN_PRODUCER_ID: 59,
  FENCED_LEADER_EPOCH: 74,
  UNKNOWN_LEADER_EPOCH: 75,
  THROTTLING_QUOTA_EXCEEDED: 89,
  UNKNOWN_TOPIC_ID: 100,
} as const;

const E = PRODUCE_ERRORS;

const TOO_LARGE: ReadonlySet<number> = new Set([E.MESSAGE_TOO_LARGE, E.RECORD_LIST_TOO_LARGE]);

/** Refused before anything was written. */
const UNWRITTEN: ReadonlySet<number> = new Set([
  E.CORRUPT_MESSAGE,
  E.UNKNOWN_TOPIC_OR_PARTITION,
  E.LEADER_NOT_AVAILABLE,
  E.NOT_LEADER_OR_FOLLOWER,
  E.BROKER_NOT_AVAILABLE,
  E.REPLICA_NOT_AVAILABLE,
  // A young cluster's answer to the question for a producer id.
  E.COORDINATOR_LOAD_IN_PROGRESS,
  E.COORDINATOR_NOT_AVAILABLE,
  E.NOT_ENOUGH_REPLICAS,
  E.FENCED_LEADER_EPOCH,
  E.UNKNOWN_LEADER_EPOCH,
  E.THROTTLING_QUOTA_EXCEEDED,
  E.UNKNOWN_TOPIC_ID,
]);

/** Perhaps written on the leader, but not, or not known to be, on all replicas. */
const PERHAPS_WRITTEN: ReadonlySet<number> = new Set([
  E.UNKNOWN_SERVER_ERROR,
  E.REQUEST_TIMED_OUT,
  E.NETWORK_EXCEPTION,
  E.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  E.KAFKA_STORAGE_ERROR,
]);

/** The broker no longer knows the producer's sequence: a new producer id makes a new beginning. */
export const SEQUENCE_LOST: ReadonlySet<number> = new Set([
  E.OUT_OF_ORDER_SEQUENCE_NUMBER,
  E.INVALID_PRODUCER_EPOCH,
  E.INVALID_PRODUCER_ID_MAPPING,
  E.UNKNOWN_PRODUCER_ID,
]);

/** A broker's answer for one partition. */
export function outcomeOf(code: number, baseOffset: bigint): PartitionOutcome {
  if (code === 0) return { ok: true, baseOffset };
  // Written by an earlier attempt whose answer was lost.
  if (code === E.DUPLICATE_SEQUENCE_NUMBER) return { ok: true, baseOffset: -1n };
  const error = protocolErrorsCodesById[code] ?? `error ${code}`;
  return { ok: false, kind: kindOf(code), ambiguous: PERHAPS_WRITTEN.has(code), error, answered: true };
}

function kindOf(code: number): RefusalKind {
  if (TOO_LARGE.has(code)) return 'too_large';
  return UNWRITTEN.has(code) || PERHAPS_WRITTEN.has(code) || SEQUENCE_LOST.has(code) ? 'retryable' : 'fatal';
}

/** No broker answered: `sent` tells whether the request may have reached one. */
export function unanswered(error: unknown, sent: boolean): PartitionOutcome {
  return { ok: false, kind: 'retryable', ambiguous: sent, error: nameOf(error), answered: false };
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
