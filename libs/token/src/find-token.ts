import { CaptureError, refusalOf } from '@app/event';
import { isSnapshot, type RawEvent, type RawText, type ScannedPayload } from '@app/decoder';
import { checkTokenShape, tokenProblem, tokenText } from './token-shape.js';

/**
 * The one token of a request. A batch's stands beside the array and wins over its events'; in an array, events without
 * one take the others', and two different ones are refused. Snapshots have tokens of their own, each checked where it
 * is grouped: a request of snapshots alone goes by the first right one.
 *
 * @throws CaptureError `missing_token`, `mixed_tokens`, `invalid_token`; `unparsable` if a wrong type hides the token
 */
export function findToken(payload: ScannedPayload): string {
  if (payload.token !== undefined) return checkTokenShape(tokenText(payload.token));
  let found: string | undefined;
  let lent: string | undefined;
  for (const event of payload.events) {
    const raw = tokenOf(event);
    if (raw === undefined) continue;
    const text = tokenText(raw);
    if (isSnapshot(event)) {
      if (lent === undefined || tokenProblem(lent) !== undefined) lent = text;
      continue;
    }
    if (found !== undefined && found !== text) throw new CaptureError('mixed_tokens');
    found = text;
  }
  const token = found ?? lent;
  if (token !== undefined) return checkTokenShape(token);
  const { problem } = payload.events[0];
  throw problem?.rejection ? refusalOf(problem, problem.rejection) : new CaptureError('missing_token');
}

/** The token that an event brings itself. */
export function tokenOf(event: RawEvent): RawText | undefined {
  return event.token ?? event.properties.token;
}
