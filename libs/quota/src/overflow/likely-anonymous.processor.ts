import type { CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';

/**
 * What broken or careless code sends as an id: many people at once, so its order means nothing and its events must not all
 * meet in one partition. Compared in lower case.
 */
const LIKELY_ANONYMOUS: ReadonlySet<string> = new Set([
  '0',
  'anon',
  'anon_id',
  'anonymous',
  'anonymous_id',
  'distinct_id',
  'distinctid',
  'email',
  'false',
  'guest',
  'id',
  'nan',
  'none',
  'not_authenticated',
  'null',
  'true',
  'undefined',
]);
const LONGEST = Math.max(...[...LIKELY_ANONYMOUS].map(({ length }) => length));

/** Spreads such events over the partitions of main and overflow; the other lanes are always keyed. Last of all steps. */
@Processor({ stage: 'route', order: 90 })
export class LikelyAnonymous extends EventProcessor {
  process(event: CapturedEvent): CapturedEvent {
    const { distinctId, route } = event;
    if (distinctId.length > LONGEST || (route !== 'main' && route !== 'overflow')) return event;
    // A cookieless visitor is told apart by his address, whatever the id says.
    if (event.isCookieless || event.partitionKey === null || !LIKELY_ANONYMOUS.has(distinctId.toLowerCase())) return event;
    return { ...event, partitionKey: null };
  }
}
