import { Refusal } from './refusal.js';

export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'object' | 'array';

/** A value and where it stands in the text; nothing is thrown away: duplicates, number forms and blanks all stay. */
export interface JsonNode {
  readonly kind: JsonKind;
  readonly start: number;
  readonly end: number;
  /** The value's text as it stands. */
  readonly source: string;
  readonly members: readonly JsonMember[];
  readonly items: readonly JsonNode[];
}

export interface JsonMember {
  /** Unescaped. */
  readonly key: string;
  readonly keyNode: JsonNode;
  readonly value: JsonNode;
}

const BLANKS = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** Beside JSON's own three: what Python writes, and what decision 12 makes null. */
const WORDS: readonly (readonly [string, JsonKind])[] = [
  ['null', 'null'],
  ['true', 'boolean'],
  ['false', 'boolean'],
  ['NaN', 'null'],
  ['Infinity', 'null'],
  ['-Infinity', 'null'],
];
const NO_MEMBERS: readonly JsonMember[] = [];
const NO_ITEMS: readonly JsonNode[] = [];

/** @throws Refusal `unparsable` for anything that is not one JSON value within `maxDepth` containers */
export function parseJson(text: string, maxDepth: number): JsonNode {
  let at = 0;
  const value = readValue(0);
  skipBlanks();
  if (at !== text.length) throw new Refusal('unparsable');
  return value;

  function readValue(depth: number): JsonNode {
    skipBlanks();
    const start = at;
    if (text[at] === '{') return node('object', start, { members: readObject(depth + 1) });
    if (text[at] === '[') return node('array', start, { items: readArray(depth + 1) });
    if (text[at] === '"') return readString();
    const word = WORDS.find(([spelling]) => text.startsWith(spelling, at));
    if (word !== undefined) {
      at += word[0].length;
      return node(word[1], start);
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text);
    if (number === null) throw new Refusal('unparsable');
    at += number[0].length;
    return node('number', start);
  }

  function readObject(depth: number): JsonMember[] {
    enter(depth);
    const members: JsonMember[] = [];
    if (take('}')) return members;
    do {
      skipBlanks();
      if (text[at] !== '"') throw new Refusal('unparsable');
      const keyNode = readString();
      if (!take(':')) throw new Refusal('unparsable');
      members.push({ key: stringOf(keyNode), keyNode, value: readValue(depth) });
    } while (take(','));
    if (!take('}')) throw new Refusal('unparsable');
    return members;
  }

  function readArray(depth: number): JsonNode[] {
    enter(depth);
    const items: JsonNode[] = [];
    if (take(']')) return items;
    do items.push(readValue(depth));
    while (take(','));
    if (!take(']')) throw new Refusal('unparsable');
    return items;
  }

  function enter(depth: number): void {
    if (depth > maxDepth) throw new Refusal('unparsable');
    at++;
  }

  function readString(): JsonNode {
    const start = at;
    at++;
    while (text[at] !== '"') {
      if (at >= text.length) throw new Refusal('unparsable');
      at += text[at] === '\\' ? 2 : 1;
    }
    at++;
    const found = node('string', start);
    // JSON.parse knows which escapes and characters are right.
    stringOf(found);
    return found;
  }

  function take(sign: string): boolean {
    skipBlanks();
    if (text[at] !== sign) return false;
    at++;
    return true;
  }

  function skipBlanks(): void {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)?.[0].length ?? 0;
  }

  function node(kind: JsonKind, start: number, inner: Partial<JsonNode> = {}): JsonNode {
    return { kind, start, end: at, source: text.slice(start, at), members: NO_MEMBERS, items: NO_ITEMS, ...inner };
  }
}

/** What a string stands for. */
export function stringOf({ source }: JsonNode): string {
  try {
    return JSON.parse(source) as string;
  } catch {
    throw new Refusal('unparsable');
  }
}

/** The member that counts: of two with one key the last. */
export function last(object: JsonNode, key: string): JsonNode | undefined {
  return object.members.findLast((member) => member.key === key)?.value;
}
