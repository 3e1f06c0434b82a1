import { editedEvent, holdsNonJson } from './edits.js';
import { last, parseJson, stringOf, type JsonNode } from './json.js';
import { Refusal } from './refusal.js';

export interface Payload {
  readonly text: string;
  readonly events: readonly JsonNode[];
  /** The whole body, if it is a batch: what stands beside the events counts for all of them. */
  readonly batch: JsonNode | undefined;
  /** Every `$snapshot_data` of an event's properties. */
  readonly recordings: ReadonlySet<JsonNode>;
}

const ALIASES = ['token', '$token', 'api_key'];

/** The body's shape and its events: protocol 2.1. */
export function payloadOf(text: string, maxDepth: number, maxEvents: number): Payload {
  const body = parseJson(text, maxDepth);
  const recordings = recordingsOf(body);
  if ([...recordings].some(holdsNonJson)) throw new Refusal('unparsable');
  // The limit bounds work, so it counts all arrays of events together, also those that a later duplicate of their key replaces.
  if (listsOf(body).reduce((sum, { items }) => sum + items.length, 0) > maxEvents) throw new Refusal('payload_too_big');

  if (body.kind === 'array') {
    if (body.items.length === 0) throw new Refusal('empty_batch');
    return { text, events: body.items, batch: undefined, recordings };
  }
  if (body.kind !== 'object') throw new Refusal('unparsable');
  const batch = last(body, 'batch');
  if (batch?.kind === 'array') {
    if (hasBadToken(body) || !hasToken(body)) throw new Refusal('unparsable');
    if (batch.items.length === 0) throw new Refusal('empty_batch');
    return { text, events: batch.items, batch: body, recordings };
  }
  if (batch !== undefined && last(body, 'event')?.kind !== 'string') throw new Refusal('unparsable');
  return { text, events: [body], batch: undefined, recordings };
}

/** An event's JSON as consumers get it. */
export function dataOf({ text, recordings }: Payload, event: JsonNode): string {
  return editedEvent(text, event, recordings);
}

/** `token`, else `$token`, else `api_key`. */
export function ownToken(object: JsonNode): string | undefined {
  const found = ALIASES.map((alias) => last(object, alias)).find((value) => value?.kind === 'string');
  return found && stringOf(found);
}

/** The token that an event brings itself. */
export function eventToken(event: JsonNode): string | undefined {
  const properties = last(event, 'properties');
  const inProperties = properties && last(properties, 'token');
  return ownToken(event) ?? (inProperties?.kind === 'string' ? stringOf(inProperties) : undefined);
}

function hasBadToken(object: JsonNode): boolean {
  return ALIASES.some((alias) => {
    const kind = last(object, alias)?.kind ?? 'null';
    return kind !== 'string' && kind !== 'null';
  });
}

function hasToken(object: JsonNode): boolean {
  return ownToken(object) !== undefined;
}

/** The body if it is an array, or all its arrays called `batch`. */
function listsOf(body: JsonNode): JsonNode[] {
  if (body.kind === 'array') return [body];
  return body.members.filter(({ key, value }) => key === 'batch' && value.kind === 'array').map(({ value }) => value);
}

function recordingsOf(body: JsonNode): ReadonlySet<JsonNode> {
  const events = [body, ...listsOf(body).flatMap(({ items }) => items)];
  const properties = events.flatMap((event) => valuesOf(event, 'properties'));
  return new Set(properties.flatMap((object) => valuesOf(object, '$snapshot_data')));
}

function valuesOf(object: JsonNode, key: string): JsonNode[] {
  return object.members.filter((member) => member.key === key).map(({ value }) => value);
}
