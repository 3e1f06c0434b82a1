import { last, type JsonNode } from './json.js';

const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|.)/g;
const PAIR = /^\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}$/;

const MAPS = ['properties', '$set', '$set_once'];

/**
 * The text of an event after the closed table of edits: that of all values, and an empty list where a map is due becomes one.
 *
 * @param text what `event` was parsed from
 */
export function editedEvent(text: string, event: JsonNode, recordings: ReadonlySet<JsonNode>): string {
  const maps = MAPS.map((key) => last(event, key)).filter((value) => value !== undefined && isEmptyList(value));
  return editedText(text, event, recordings, new Set(maps));
}

/**
 * The text of a value after its edits: bare NaN and its kin become null; in strings and keys, NUL and
 * lone surrogates become U+FFFD. Nothing is edited within `recordings`, which are binary in strings.
 *
 * @param text what `node` was parsed from
 */
export function editedText(
  text: string,
  node: JsonNode,
  recordings: ReadonlySet<JsonNode>,
  emptyMaps: ReadonlySet<JsonNode | undefined> = new Set(),
): string {
  let result = '';
  let at = node.start;
  for (const leaf of leavesOf(node, recordings)) {
    result += text.slice(at, leaf.start) + (emptyMaps.has(leaf) ? '{}' : editedLeaf(leaf));
    at = leaf.end;
  }
  return result + text.slice(at, node.end);
}

/** Keys and values that are no containers, in their order; none of a recording. */
function* leavesOf(node: JsonNode, recordings: ReadonlySet<JsonNode>): Generator<JsonNode> {
  if (recordings.has(node)) return;
  if ((node.kind !== 'object' && node.kind !== 'array') || isEmptyList(node)) yield node;
  for (const item of node.items) yield* leavesOf(item, recordings);
  for (const { keyNode, value } of node.members) {
    yield keyNode;
    yield* leavesOf(value, recordings);
  }
}

/** As PHP writes an empty map. */
export function isEmptyList({ kind, items }: JsonNode): boolean {
  return kind === 'array' && items.length === 0;
}

function editedLeaf({ kind, source }: JsonNode): string {
  if (kind === 'null') return 'null';
  if (kind !== 'string') return source;
  let result = '';
  let at = 0;
  for (const { 0: escape, index } of source.matchAll(ESCAPE)) {
    // The second half of a pair was taken with the first.
    if (index < at) continue;
    const isPair = PAIR.test(source.slice(index, index + 12));
    const taken = isPair ? source.slice(index, index + 12) : escape;
    const isStrange = !isPair && /^\\u(?:0000|d[89a-f]..)$/i.test(escape);
    result += source.slice(at, index) + (isStrange ? String.raw`\ufffd` : taken);
    at = index + taken.length;
  }
  return result + source.slice(at);
}

/** Whether a bare NaN or Infinity stands in it. */
export function holdsNonJson(node: JsonNode): boolean {
  if (node.kind === 'null') return node.source !== 'null';
  return node.items.some(holdsNonJson) || node.members.some(({ value }) => holdsNonJson(value));
}
