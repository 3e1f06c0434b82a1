import { ESCAPED, JsonCursor } from './json-cursor.js';

/** One member of an object, as it was written. */
export interface MemberText {
  /** The key, unescaped (binary text otherwise). */
  readonly key: string;
  /** The value's JSON, binary text. */
  readonly value: string;
  /** Key, colon and value, as they stood. */
  readonly text: string;
}

/** Where a member's value stands in its text. */
export interface MemberSpan {
  /** The key, unescaped (binary text otherwise). */
  readonly key: string;
  /** Where its opening quote is. */
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/**
 * The members of the object at `from` in valid JSON in binary text, in order, duplicates included. Empty for anything
 * that is no object.
 */
export function memberSpansOf(text: string, from = 0): MemberSpan[] {
  const cursor = new JsonCursor(Buffer.from(text, 'latin1'), Number.MAX_SAFE_INTEGER);
  const spans: MemberSpan[] = [];
  cursor.pos = from;
  if (cursor.peek() !== 0x7b || !cursor.enterObject(1)) return spans;
  do {
    const flags = cursor.key();
    const { keyStart, keyEnd } = cursor;
    const rawKey = text.slice(keyStart, keyEnd);
    cursor.peek();
    const valueStart = cursor.pos;
    cursor.skipValue(1);
    const key = (flags & ESCAPED) === 0 ? rawKey : (JSON.parse(`"${rawKey}"`) as string);
    spans.push({ key, keyStart: keyStart - 1, valueStart, valueEnd: cursor.pos });
  } while (cursor.nextMember());
  return spans;
}

/**
 * The same as texts: for the rare events that the gateway rewrites, so that what is not rewritten keeps its bytes.
 */
export function membersOf(text: string): MemberText[] {
  return memberSpansOf(text).map(({ key, keyStart, valueStart, valueEnd }) => ({
    key,
    value: text.slice(valueStart, valueEnd),
    text: text.slice(keyStart, valueEnd),
  }));
}

/** An object of these members. */
export function objectOf(members: readonly (string | MemberText)[]): string {
  return `{${members.map((member) => (typeof member === 'string' ? member : member.text)).join(',')}}`;
}
