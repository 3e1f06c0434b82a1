/**
 * Finds the few keys that matter among the many an event has, without making a string of any: candidates by length,
 * then by bytes. With 45 keys an event this costs less than a tenth of slicing them.
 */
export class KnownKeys<Id extends number> {
  private readonly byLength: (readonly { readonly bytes: Uint8Array; readonly id: Id }[] | undefined)[] = [];
  private readonly byText: ReadonlyMap<string, Id>;

  constructor(ids: Readonly<Record<string, Id>>) {
    this.byText = new Map(Object.entries(ids));
    for (const [text, id] of this.byText) {
      const bytes = Buffer.from(text);
      this.byLength[bytes.length] = [...(this.byLength[bytes.length] ?? []), { bytes, id }];
    }
  }

  /** The id of the key between `start` and `end`, or -1. */
  find(payload: Uint8Array, start: number, end: number): Id | -1 {
    const candidates = this.byLength[end - start];
    if (candidates === undefined) return -1;
    for (const { bytes, id } of candidates) if (matches(payload, start, bytes)) return id;
    return -1;
  }

  /** For a key with escapes in it (`"\u0064istinct_id"`): compared after unescaping. */
  findText(text: string): Id | -1 {
    return this.byText.get(text) ?? -1;
  }
}

function matches(payload: Uint8Array, start: number, key: Uint8Array): boolean {
  // Last byte first: keys of one length often share their beginning ($session_id, distinct_id).
  for (let i = key.length - 1; i >= 0; i--) if (payload[start + i] !== key[i]) return false;
  return true;
}
