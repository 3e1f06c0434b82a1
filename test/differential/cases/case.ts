import { SeededRandom } from '@app/testing';
import type { Wire } from '../wire.js';
import { bodyText } from './body-text.js';
import { JsonText } from './json-text.js';
import { mutated } from './mutate.js';
import { wrapped } from './wrap.js';

const PATHS = ['/e', '/capture', '/track', '/engage', '/engage', '/batch', '/i/v0/e', '/s'];
const SENT = ['1795521599000', '1795521599', '1577836800000', 'soon', '-1', '9999999999999999', '999999999999999', '', '1795521599000.5'];

/** Limits that a case meets easily. */
export const FEW_BYTES = 300;
export const FEW_EVENTS = 3;

/** The request with that number in the run of a seed: each can be made again without the others. */
export function caseOf(seed: number, number: number): Wire {
  const r = new SeededRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const isStrange = r.chance(0.3);
  const json = new JsonText(r, { strange: isStrange ? 0.1 : 0, broken: r.chance(0.15) ? 0.05 : 0 });
  // Most of what is damaged can be told at once, so damage is for one in four.
  const damage = r.chance(0.75) ? 0 : 1 + r.int(3);
  const isBefore = r.chance(0.75);
  const text = mutated(r, Buffer.from(bodyText(json)), isBefore ? damage : 0);
  const wrap = wrapped(r, text);
  return {
    ...wrap,
    body: mutated(r, wrap.body, isBefore ? 0 : damage),
    query: { ...wrap.query, ...(r.chance(0.2) && { _: r.pick(SENT) }) },
    path: r.pick(PATHS),
    ip: r.pick(['203.0.113.9', '2001:db8::1']),
    now: 1_795_521_600_000 + r.int(100_000),
    policy: r.chance(0.9) ? 'lenient' : 'strict',
    maxInflatedBytes: r.chance(0.97) ? 1_000_000 : FEW_BYTES,
    maxDepth: r.chance(0.9) ? 128 : r.pick([8, 12]),
    maxEvents: r.chance(0.95) ? 10_000 : FEW_EVENTS,
  };
}
