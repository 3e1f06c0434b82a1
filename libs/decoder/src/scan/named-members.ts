import { knowKeys, membersTape } from '@app/vector';
import { Kind } from './kind.js';

/** A member of a set: its place in the object's text. */
export interface NamedMember<Name extends string> {
  readonly name: Name;
  readonly kind: Kind;
  /** Where its key begins, at the quote. */
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** By the kernel's number. */
const KINDS: readonly Kind[] = [Kind.Null, Kind.True, Kind.False, Kind.Number, Kind.String, Kind.Object, Kind.Array];

export class TooManyMembersError extends Error {
  override readonly name = 'TooManyMembersError';
}

/** Names of members that somebody reads; to be made once, the kernel has room for a few. */
export class MemberNames<Name extends string> {
  private readonly set: number;

  constructor(private readonly names: readonly Name[]) {
    this.set = knowKeys(Object.fromEntries(names.map((name, id) => [name, id])));
  }

  /**
   * The members of an object that have one of the names, in order, duplicates included. Whatever else is in it costs no object.
   * Keys are compared unescaped.
   *
   * @param json valid JSON, binary text; anything but an object has no members
   * @throws TooManyMembersError for more than 4,096; Error when it is no JSON
   */
  in(json: string): readonly NamedMember<Name>[] {
    const tape = membersTape(json, this.set);
    if (tape === undefined) throw new TooManyMembersError();
    const { words, length } = tape;
    return Array.from({ length }, (_, i) => {
      const at = 4 * i;
      return {
        name: this.names[words[at] & 0xff],
        kind: KINDS[(words[at] >> 8) & 0xff],
        keyStart: words[at + 1],
        valueEnd: words[at + 2],
        valueStart: words[at + 3],
      };
    });
  }
}
