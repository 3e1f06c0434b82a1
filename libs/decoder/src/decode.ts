import { CaptureError, waitFor, type Steps } from '@app/event';
import type { Reserve } from './byte-budget.js';
import type { TurnFor } from './collect-body.js';
import type { DecodePolicy } from './decode-policy.js';
import { presumedSize } from './encodings/gzip.js';
import { letGo } from './let-go.js';
import { scanSteps, type ScannedPayload } from './scan/scan-payload.js';
import { unwrap, type BodySource } from './unwrap.js';

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
 * @throws CaptureError `empty_payload`, `undecodable`, `unparsable`, `empty_batch`, `payload_too_big`, `transient` when memory is short
 */
export function* decode(source: BodySource, policy: DecodePolicy, resources: DecodeResources): Steps<ScannedPayload> {
  const { turnFor, reserve, release, reserveInTime } = resources;
  let afterwards: (() => void)[] | undefined;
  try {
    yield turnFor(presumedSize(source.body));
    // Turns of a body that is large in any of its forms.
    const turn = () => turnFor(Infinity);
    const json = yield* unwrap(source, policy, {
      reserve,
      release,
      turn,
      onSlow: (leave) => (afterwards ??= []).push(leave),
    });
    const first = turnFor(json.length);
    const needed = (json.buffer === source.body.buffer ? COPIES : COPIES_OF_INFLATED) * json.length;
    const refusal = first === undefined ? reserve(needed) : yield* waitFor(reserveInTime(needed));
    if (refusal) throw refusal;
    yield first;
    try {
      return yield* scanSteps(json, policy.scan, turn);
    } finally {
      if (json.buffer !== source.body.buffer) letGo(json);
    }
  } finally {
    if (afterwards !== undefined) for (const leave of afterwards) leave();
  }
}
