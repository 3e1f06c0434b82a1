import type { Recording } from '../outcome.js';
import { last, stringOf, type JsonNode } from './json.js';
import { eventToken } from './payload.js';
import { hasTypeError } from './type-errors.js';

/** A `$snapshot`, or a nameless event that holds one. */
export function isRecording(event: JsonNode): boolean {
  const name = last(event, 'event');
  return name?.kind === 'string' ? stringOf(name) === '$snapshot' : snapshotOf(event) !== undefined;
}

export function recordingOf(event: JsonNode, index: number): Recording {
  const data = snapshotOf(event);
  return {
    index,
    isBad: hasTypeError(event),
    token: eventToken(event),
    sessionId: property(event, '$session_id'),
    windowId: property(event, '$window_id'),
    data: data?.source,
    isList: data?.kind === 'array',
    escapedBytes: data === undefined ? 0 : Buffer.from(JSON.stringify(data.source)).length - 2,
  };
}

function snapshotOf(event: JsonNode): JsonNode | undefined {
  const properties = last(event, 'properties');
  const data = properties && last(properties, '$snapshot_data');
  return data?.kind === 'array' || data?.kind === 'object' ? data : undefined;
}

function property(event: JsonNode, key: string): string | undefined {
  const properties = last(event, 'properties');
  const value = properties && last(properties, key);
  return value?.kind === 'string' ? stringOf(value) : undefined;
}
