import { knowKeys, membersTape, type Tape } from '@app/vector';
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

/** Nobody writes a name twice; a client may repeat it as often as it likes. */
export const MOST_MEMBERS = 64;

/** An object has more members with one of some names than anybody has a reason for. */
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
   * Of each name the last member of an object, which is the one that counts, in the order in which they stand. Whatever else is in the
   * object, and however often, costs no object here. Keys are compared unescaped.
   *
   * @param json valid JSON, binary text; anything but an object has no members
   * @throws Error when it is no JSON
   */
  last(json: string): readonly NamedMember<Name>[] {
    return this.membersOf(membersTape(json, this.set, 0)).toSorted((a, b) => a.keyStart - b.keyStart);
  }

  /**
   * All of them, duplicates included, for what must not be left behind.
   *
   * @throws TooManyMembersError for more than 64; Error when it is no JSON
   */
  all(json: string): readonly NamedMember<Name>[] {
    return this.membersOf(membersTape(json, this.set, MOST_MEMBERS));
  }

  private membersOf(tape: Tape | undefined): NamedMember<Name>[] {
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
