import { isDeepStrictEqual } from 'node:util';
import { FEW_BYTES, FEW_EVENTS } from './cases/case.js';
import { fastOutcome } from './fast-path.js';
import type { Outcome } from './outcome.js';
import { referenceOutcome } from './reference/reference.js';
import type { Wire } from './wire.js';

export interface Comparison {
  readonly isEqual: boolean;
  readonly fast: Outcome;
  readonly reference: Outcome;
}

/** Both implementations on one request. */
export async function compare(wire: Wire): Promise<Comparison> {
  const fast = await fastOutcome(wire);
  const uuids = 'messages' in fast ? fast.messages.map(({ headers }) => new Map(headers).get('uuid') ?? '') : [];
  const reference = referenceOutcome(wire, (index, timestamp) => checkedUuid(uuids[index], timestamp));
  return { isEqual: isDeepStrictEqual(fast, reference) || isTwiceAtFault(fast, reference, wire), fast, reference };
}

/** A uuid that the gateway made holds random bits: its form and its time are what can be told beforehand. */
function checkedUuid(uuid: string | undefined, timestamp: number): string {
  const time = Math.max(0, timestamp).toString(16).padStart(12, '0');
  const form = new RegExp(`^${time.slice(0, 8)}-${time.slice(8)}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);
  return uuid !== undefined && form.test(uuid) ? uuid : `version 7 of ${timestamp}`;
}

/**
 * A body may be refused for either of two faults: broken JSON behind too many events, or broken gzip that is too large as
 * well. Which one is met first hangs on how far is read at once.
 */
function isTwiceAtFault(fast: Outcome, reference: Outcome, { maxEvents, maxInflatedBytes }: Wire): boolean {
  if (!('refusal' in fast) || !('refusal' in reference)) return false;
  const both = new Set([fast.refusal, reference.refusal]);
  if (!both.delete('payload_too_big')) return false;
  return (maxEvents === FEW_EVENTS && both.has('unparsable')) || (maxInflatedBytes === FEW_BYTES && both.has('undecodable'));
}
