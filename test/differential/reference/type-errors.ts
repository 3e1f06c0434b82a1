import { isEmptyList } from './edits.js';
import { last, type JsonKind, type JsonNode } from './json.js';

/** Protocol 2.1: what a member of an event must be, unless it is absent or null. */
const TYPES: Readonly<Record<string, JsonKind>> = {
  token: 'string',
  $token: 'string',
  api_key: 'string',
  event: 'string',
  uuid: 'string',
  timestamp: 'string',
  offset: 'number',
  properties: 'object',
  $set: 'object',
  $set_once: 'object',
};

/** Whether an event is no object or has a member of a wrong type. */
export function hasTypeError(event: JsonNode): boolean {
  if (event.kind !== 'object') return true;
  return Object.entries(TYPES).some(([key, wanted]) => {
    const value = last(event, key);
    if (value === undefined || value.kind === 'null') return false;
    if (key === 'timestamp' && value.kind === 'number') return false;
    if (wanted === 'object' && isEmptyList(value)) return false;
    return value.kind !== wanted || (key === 'offset' && !Number.isSafeInteger(Number(value.source)));
  });
}
