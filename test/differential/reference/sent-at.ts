import type { Wire } from '../wire.js';
import { last, stringOf, type JsonNode } from './json.js';
import type { Payload } from './payload.js';
import { isRecording } from './recording.js';
import { isStorable, timeOf } from './timestamp.js';

/** Nothing is guessed of what moves every event of the request: RFC 3339, with its zone. */
const WHOLE = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** When the client says that it sent: beside the batch, in the first recording, or in the query's `_`. Protocol 4.4. */
export function sentAtOf({ batch, events }: Payload, { query }: Wire): number | undefined {
  const first = isRecording(events[0]) ? events[0] : undefined;
  return (batch && ofObject(batch)) ?? (first && ofObject(first)) ?? ofQuery(query._);
}

function ofObject(object: JsonNode): number | undefined {
  const value = ['sent_at', 'sentAt'].map((key) => last(object, key)).find((found) => found?.kind === 'string');
  const text = value && stringOf(value);
  const time = text !== undefined && text.length <= 64 && WHOLE.test(text) ? timeOf(text) : undefined;
  return time !== undefined && isStorable(time) ? time : undefined;
}

function ofQuery(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  const time = Number(text);
  return time >= Date.parse('2020-01-01T00:00:00Z') && isStorable(time) ? time : undefined;
}
