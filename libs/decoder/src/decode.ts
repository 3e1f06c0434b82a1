import { runSteps, waitFor, type CaptureError, type Steps } from '@app/event';
import { AT_ONCE_BYTES } from '@app/vector';
import type { Reserve } from './byte-budget.js';
import type { TurnFor } from './collect-body.js';
import type { DecodePolicy } from './decode-policy.js';
import { presumedSize } from './encodings/gzip-head.js';
import { letGo } from './let-go.js';
import { scanNow, scanSteps, type ScannedPayload, type Turn } from './scan/scan-payload.js';
import { unwrap, type BodySource, type UnwrapResources } from './unwrap.js';

/** What decoding may take of the process. */
export interface DecodeResources {
  /** Bytes that are held until the request is answered. */
  readonly reserve: Reserve;
  /** Of those some that are not held any more. */
  readonly release: (bytes: number) => void;
  /** As `reserve`, after some patience: of a large body all has come already. */
  readonly reserveInTime: (bytes: number) => Promise<CaptureError | undefined>;
  readonly turnFor: TurnFor;
}

/** Its text, and the messages to come. */
const COPIES = 2;
/** What was inflated is let go once there is a text of it, and the messages take its place. */
const COPIES_OF_INFLATED = 1;

/**
 * From a body to its events, for every route: what is wrapped around the JSON is taken off, and the JSON is seen through. At once
 * for nearly every request; a large one is done in pieces, each in a turn of the event loop.
 *
 * @returns a promise only for what is not done at once
 * @throws CaptureError `empty_payload`, `undecodable`, `unparsable`, `empty_batch`, `payload_too_big`, `transient` when memory is short
 */
export function decode(source: BodySource, policy: DecodePolicy, resources: DecodeResources): ScannedPayload | Promise<ScannedPayload> {
  const before = resources.turnFor(presumedSize(source.body));
  if (before !== undefined) return runSteps(decodeSteps(source, policy, resources, before));
  const unwrapping = new Unwrapping(resources);
  const json = unwrap(source, policy, unwrapping);
  if (!Buffer.isBuffer(json)) return runSteps(unwrapping.end(decodeRest(source, policy, resources, json)));
  const turn = resources.turnFor(json.length);
  if (turn !== undefined || json.length > AT_ONCE_BYTES) return runSteps(scanLarge(json, source, policy, resources, turn));
  const refusal = resources.reserve(neededFor(json, source));
  if (refusal) throw refusal;
  return scanNow(json, policy.scan);
}

function* decodeSteps(source: BodySource, policy: DecodePolicy, resources: DecodeResources, before: Promise<void>): Steps<ScannedPayload> {
  yield before;
  const unwrapping = new Unwrapping(resources);
  const json = unwrap(source, policy, unwrapping);
  return yield* unwrapping.end(decodeRest(source, policy, resources, json));
}

function* decodeRest(
  source: BodySource,
  policy: DecodePolicy,
  resources: DecodeResources,
  unwrapped: Buffer | Steps<Buffer>,
): Steps<ScannedPayload> {
  const json = Buffer.isBuffer(unwrapped) ? unwrapped : yield* unwrapped;
  return yield* scanLarge(json, source, policy, resources, resources.turnFor(json.length));
}

/** @param turn to be waited for; nothing for what is small all the same */
function* scanLarge(
  json: Buffer,
  source: BodySource,
  policy: DecodePolicy,
  { reserve, reserveInTime, turnFor }: DecodeResources,
  turn: Promise<void> | undefined,
): Steps<ScannedPayload> {
  const needed = neededFor(json, source);
  const refusal = turn === undefined ? reserve(needed) : yield* waitFor(reserveInTime(needed));
  if (refusal) throw refusal;
  yield turn;
  try {
    return yield* scanSteps(json, policy.scan, () => turnFor(Infinity));
  } finally {
    if (json.buffer !== source.body.buffer) letGo(json);
  }
}

function neededFor(json: Buffer, { body }: BodySource): number {
  return (json.buffer === body.buffer ? COPIES : COPIES_OF_INFLATED) * json.length;
}

/** What peeling may take of the process, and what is to be done once nothing more is done with the body. */
class Unwrapping implements UnwrapResources {
  readonly reserve: Reserve;
  readonly release: (bytes: number) => void;
  private afterwards: (() => void)[] | undefined;

  constructor(private readonly resources: DecodeResources) {
    this.reserve = resources.reserve;
    this.release = resources.release;
  }

  /** Of a body that is large in any of its forms. */
  get turn(): Turn {
    return () => this.resources.turnFor(Infinity);
  }

  get onSlow(): (leave: () => void) => void {
    return (leave) => (this.afterwards ??= []).push(leave);
  }

  *end<T>(work: Steps<T>): Steps<T> {
    try {
      return yield* work;
    } finally {
      if (this.afterwards !== undefined) for (const leave of this.afterwards) leave();
    }
  }
}
