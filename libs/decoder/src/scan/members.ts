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

/**
 * The members of an object given as valid JSON in binary text, in order, duplicates included: for the rare events that
 * the gateway rewrites, so that what is not rewritten keeps its bytes. Empty for anything that is no object.
 */
export function membersOf(text: string): MemberText[] {
  const cursor = new JsonCursor(Buffer.from(text, 'latin1'), Number.MAX_SAFE_INTEGER);
  const members: MemberText[] = [];
  if (cursor.peek() !== 0x7b || !cursor.enterObject(1)) return members;
  do {
    const flags = cursor.key();
    const start = cursor.keyStart - 1;
    const rawKey = text.slice(cursor.keyStart, cursor.keyEnd);
    cursor.peek();
    const valueStart = cursor.pos;
    cursor.skipValue(1);
    members.push({
      key: (flags & ESCAPED) === 0 ? rawKey : (JSON.parse(`"${rawKey}"`) as string),
      value: text.slice(valueStart, cursor.pos),
      text: text.slice(start, cursor.pos),
    });
  } while (cursor.nextMember());
  return members;
}

/** An object of these members. */
export function objectOf(members: readonly (string | MemberText)[]): string {
  return `{${members.map((member) => (typeof member === 'string' ? member : member.text)).join(',')}}`;
}
