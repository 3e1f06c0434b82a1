import type { Reaction } from './client.ts';
import { isAccepted, type SentEvent } from './wire/reconcile.ts';
import { exactText } from './wire/source-json.ts';

/**
 * What a client made of the answer to its first request.
 *
 * @param sent all events of all its requests, in the order of the requests
 */
export function reactionTo(sent: readonly SentEvent[]): Reaction {
  const [first] = sent;
  const refused = sent.filter(({ request }) => request === first.request);
  const later = sent.filter(({ request }) => request !== first.request);
  const again = Map.groupBy(later, ({ event }) => identity(event));
  const resent = refused.filter(({ event }) => again.has(identity(event)));
  if (resent.length === 0) return isAccepted(first) ? 'accepted' : 'dropped';
  if (resent.length < refused.length) throw new Error(`${resent.length} of ${refused.length} events were sent again`);
  if (isAccepted(first)) return 'sent twice';
  const requests = new Set(resent.flatMap(({ event }) => again.get(identity(event)) ?? []).map(({ request }) => request));
  const largest = Math.max(...[...requests].map((request) => later.filter((each) => each.request === request).length));
  return largest < refused.length && largest <= Math.ceil(refused.length / 2) ? 'halved' : 'resent';
}

/** What stays the same when an event is sent again; old browser SDKs count `offset` anew. */
function identity(event: SentEvent['event']): string {
  const { offset: _, ...rest } = event;
  return exactText(rest);
}
