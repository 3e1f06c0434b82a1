import { storableText } from '@app/decoder';

/** Shortest member, `"":0,`: of an object's members no more than one in five characters is kept. */
const SHORTEST_MEMBER = 5;

/**
 * Compact JSON with sorted keys, numbers by their own text: its first characters, at least so many when there are so many. Written
 * from the text, in one pass over it and one over what is kept: a client can send a million arrays in an id, and nothing is made of
 * them here.
 *
 * @param text valid JSON but for bare NaN and Infinity, binary text
 */
export function canonicalStart(text: string, characters: number): string {
  // Two UTF-16 units for each character at most.
  const writer = new CanonicalWriter(text, endsOf(text), 2 * characters);
  writer.value(0);
  return writer.written;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;

/** By the position of each opening bracket: the position behind its closing one. */
function endsOf(text: string): Int32Array {
  const ends = new Int32Array(text.length);
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = stringEnd(text, at) - 1;
    else if (char === OPEN_OBJECT || char === OPEN_ARRAY) open.push(at);
    else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) ends[open.pop() ?? 0] = at + 1;
  }
  return ends;
}

/** Behind the closing quote of the string at `at`. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) return i + 1;
    if (char === BACKSLASH) i++;
  }
  return text.length;
}

function isBlank(char: number): boolean {
  return char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09;
}

class CanonicalWriter {
  written = '';

  constructor(
    private readonly text: string,
    private readonly ends: Int32Array,
    private readonly enough: number,
  ) {}

  /** Writes the value at `from`, as far as it matters. */
  value(from: number): void {
    const { text } = this;
    const at = this.skipBlanks(from);
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
        return this.object(at);
      case OPEN_ARRAY:
        return this.array(at);
      case QUOTE:
        this.written += JSON.stringify(this.stringAt(at, stringEnd(text, at)));
        return;
      default: {
        const leaf = text.slice(at, this.leafEnd(at));
        this.written += /^-?[NI]/.test(leaf) ? 'null' : leaf;
      }
    }
  }

  private array(at: number): void {
    this.written += '[';
    let from = this.skipBlanks(at + 1);
    for (let isFirst = true; this.text.charCodeAt(from) !== CLOSE_ARRAY; isFirst = false) {
      if (!isFirst) this.written += ',';
      this.value(from);
      if (this.written.length > this.enough) return;
      from = this.behindComma(this.valueEnd(from));
    }
    this.written += ']';
  }

  private object(at: number): void {
    const kept = new SmallestKeys(Math.ceil(this.enough / SHORTEST_MEMBER) + 1);
    for (let from = this.skipBlanks(at + 1); this.text.charCodeAt(from) === QUOTE;) {
      const keyEnd = stringEnd(this.text, from);
      const valueAt = this.skipBlanks(this.skipBlanks(keyEnd) + 1);
      kept.set(this.keyAt(from, keyEnd), valueAt);
      from = this.behindComma(this.valueEnd(valueAt));
    }
    this.written += '{';
    for (const [i, { key, valueAt }] of kept.entries.entries()) {
      if (i > 0) this.written += ',';
      this.written += `${JSON.stringify(Buffer.from(key, 'latin1').toString())}:`;
      this.value(valueAt);
      if (this.written.length > this.enough) return;
    }
    this.written += '}';
  }

  /** Unescaped, as binary text: compared as that, keys are in the order of their bytes, as the reference sorts. */
  private keyAt(start: number, end: number): string {
    const raw = this.text.slice(start + 1, end - 1);
    return raw.includes('\\') ? Buffer.from(this.stringAt(start, end)).toString('latin1') : raw;
  }

  private stringAt(start: number, end: number): string {
    return storableText({ raw: this.text.slice(start + 1, end - 1), isString: true, isPlain: false });
  }

  private valueEnd(from: number): number {
    const char = this.text.charCodeAt(from);
    if (char === QUOTE) return stringEnd(this.text, from);
    return char === OPEN_OBJECT || char === OPEN_ARRAY ? this.ends[from] : this.leafEnd(from);
  }

  private leafEnd(from: number): number {
    const { text } = this;
    let at = from;
    for (; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === COMMA || char === CLOSE_ARRAY || char === CLOSE_OBJECT || isBlank(char)) break;
    }
    return at;
  }

  private behindComma(from: number): number {
    const at = this.skipBlanks(from);
    return this.text.charCodeAt(at) === COMMA ? this.skipBlanks(at + 1) : at;
  }

  private skipBlanks(from: number): number {
    let at = from;
    while (isBlank(this.text.charCodeAt(at))) at++;
    return at;
  }
}

/** The smallest keys of an object, sorted; of two equal ones the later counts. */
class SmallestKeys {
  readonly entries: { readonly key: string; valueAt: number }[] = [];

  constructor(private readonly most: number) {}

  set(key: string, valueAt: number): void {
    const { entries } = this;
    const last = entries.at(-1);
    if (last !== undefined && entries.length === this.most && key > last.key) return;
    const at = this.placeOf(key);
    if (entries[at]?.key === key) {
      entries[at].valueAt = valueAt;
      return;
    }
    entries.splice(at, 0, { key, valueAt });
    if (entries.length > this.most) entries.pop();
  }

  private placeOf(key: string): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle].key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
