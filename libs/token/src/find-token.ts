import { CaptureError } from '@app/event';
import { textOf, type RawEvent, type RawText, type ScannedPayload } from '@app/decoder';
import { checkTokenShape } from './token-shape.js';

/**
 * The one token of a request. A batch's stands beside the array and wins over its events'; in an array, events without
 * one take the others', and two different ones are refused.
 *
 * @throws CaptureError `missing_token`, `mixed_tokens`, `invalid_token`; `unparsable` if a wrong type hides the token
 */
export function findToken(payload: ScannedPayload): string {
  if (payload.token !== undefined) return checkTokenShape(textOf(payload.token));
  let found: string | undefined;
  for (const event of payload.events) {
    const raw = tokenOf(event);
    if (raw === undefined) continue;
    const text = textOf(raw).trim();
    if (found !== undefined && found !== text) throw new CaptureError('mixed_tokens');
    found = text;
  }
  if (found !== undefined) return checkTokenShape(found);
  const { problem } = payload.events[0];
  throw problem?.rejection ? new CaptureError(problem.rejection, problem.detail) : new CaptureError('missing_token');
}

function tokenOf(event: RawEvent): RawText | undefined {
  return event.token ?? event.properties.token;
}
