import { isRecording } from './recording.js';
import type { JsonNode } from './json.js';
import { eventToken, ownToken, type Payload } from './payload.js';
import { Refusal } from './refusal.js';
import { hasTypeError } from './type-errors.js';

/** The request's token: protocol 3.1, decisions 5 and 7. Recordings bring tokens of their own, and lend one at need. */
export function tokenOf({ batch, events }: Payload): string {
  if (batch !== undefined) return checked((ownToken(batch) ?? '').trim());
  const own = tokensOf(events.filter((event) => !isRecording(event)));
  if (new Set(own).size > 1) throw new Refusal('mixed_tokens');
  const lent = tokensOf(events.filter(isRecording));
  const token = own[0] ?? lent.find((one) => problemOf(one) === undefined) ?? lent[0];
  if (token !== undefined) return checked(token);
  throw new Refusal(hasTypeError(events[0]) ? 'unparsable' : 'missing_token');
}

function tokensOf(events: readonly JsonNode[]): string[] {
  return events.map(eventToken).flatMap((token) => (token === undefined ? [] : [token.trim()]));
}

function checked(token: string): string {
  if (problemOf(token) !== undefined) throw new Refusal('invalid_token');
  return token;
}

function problemOf(token: string): string | undefined {
  if (token.length === 0) return 'empty';
  if (Buffer.from(token).length > 64) return 'too_long';
  if (Array.from(token).some((char) => char > '\x7f')) return 'not_ascii';
  if (token.slice(0, 4) === 'phx_') return 'personal_api_key';
  return token.includes('\0') ? 'null_byte' : undefined;
}
