import { CaptureError } from '@app/event';
import { ESCAPED, Kind, NON_ASCII } from '../kind.js';

/** A replacement in the payload, applied when the event's text is cut out. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MAX_EDITS = 200_000;
const REPLACEMENT = String.raw`\ufffd`;
/** After a backslash, of a one-letter escape: the bytes it grows by when it is escaped again. `u` is apart. */
const SHORT_ESCAPE = new Uint8Array(256);
for (const letter of '"\\/bfnrt') SHORT_ESCAPE[letter.charCodeAt(0)] = letter === '"' || letter === '\\' ? 2 : 1;

/**
 * For specs: walks JSON a byte a turn, validates it and notes the edits of the closed table (bare NaN and Infinity, lone
 * surrogates, NUL). Written to be read, and what the kernel is held against.
 */
export class JsonCursor {
  pos = 0;
  readonly edits: Edit[] = [];
  /** While true nothing is edited and nothing non-JSON is let through: recordings are binary in strings. */
  verbatim = false;
  /** How many bytes more all that was passed so far takes inside a JSON string: quotes, backslashes and line ends double. */
  growth = 0;
  private readonly end: number;

  constructor(
    /** UTF-8, valid. */
    readonly bytes: Uint8Array,
    readonly maxDepth: number,
  ) {
    this.end = bytes.length;
  }

  /** The next byte that is not white space, or -1 at the end; does not consume it. */
  peek(): number {
    const { bytes, end } = this;
    let pos = this.pos;
    while (pos < end) {
      const byte = bytes[pos];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        this.pos = pos;
        return byte;
      }
      if (byte < 0x20) this.growth++;
      pos++;
    }
    this.pos = pos;
    return -1;
  }

  /** Skips one value and says what it was; `pos` is then just behind it. `depth` counts the containers around it. */
  skipValue(depth: number): Kind {
    const byte = this.peek();
    switch (byte) {
      case QUOTE:
        this.skipString();
        return Kind.String;
      case 0x7b:
        this.skipObject(depth + 1);
        return Kind.Object;
      case 0x5b:
        this.skipArray(depth + 1);
        return Kind.Array;
      case 0x74:
        this.word('true');
        return Kind.True;
      case 0x66:
        this.word('false');
        return Kind.False;
      case 0x6e:
        this.word('null');
        return Kind.Null;
      case 0x4e:
        return this.nonFinite('NaN');
      case 0x49:
        return this.nonFinite('Infinity');
      default:
        if (byte === 0x2d && this.bytes[this.pos + 1] === 0x49) return this.nonFinite('-Infinity');
        this.skipNumber();
        return Kind.Number;
    }
  }

  /** Enters an object at `{`; false when it is empty. Then: `key`, a value, `nextMember`, and so on. */
  enterObject(depth: number): boolean {
    if (depth > this.maxDepth) throw this.tooDeep();
    this.pos++;
    if (this.peek() !== 0x7d) return true;
    this.pos++;
    return false;
  }

  /** After a member's value: true when another follows; otherwise `pos` is behind the closing brace. */
  nextMember(): boolean {
    const byte = this.peek();
    if (byte !== 0x2c && byte !== 0x7d) throw this.unexpected("',' or '}'");
    this.pos++;
    return byte === 0x2c;
  }

  enterArray(depth: number): boolean {
    if (depth > this.maxDepth) throw this.tooDeep();
    this.pos++;
    if (this.peek() !== 0x5d) return true;
    this.pos++;
    return false;
  }

  nextElement(): boolean {
    const byte = this.peek();
    if (byte !== 0x2c && byte !== 0x5d) throw this.unexpected("',' or ']'");
    this.pos++;
    return byte === 0x2c;
  }

  /** Skips a key and its colon; afterwards `keyStart` and `keyEnd` hold the span between its quotes. Returns flags. */
  key(): number {
    if (this.peek() !== QUOTE) throw this.unexpected('a string as key');
    this.keyStart = this.pos + 1;
    const flags = this.skipString();
    this.keyEnd = this.pos - 1;
    if (this.bytes[this.pos] !== 0x3a && this.peek() !== 0x3a) throw this.unexpected("':'");
    this.pos++;
    return flags;
  }

  keyStart = 0;
  keyEnd = 0;

  /** Skips a string whose opening quote is at `pos`; returns ESCAPED and NON_ASCII as they apply. */
  skipString(): number {
    const { bytes, end } = this;
    let pos = this.pos + 1;
    let flags = 0;
    let seen = 0;
    while (pos < end) {
      const byte = bytes[pos];
      if (byte === QUOTE) {
        this.pos = pos + 1;
        this.growth += 2;
        return seen > 0x7f ? flags | NON_ASCII : flags;
      }
      if (byte === BACKSLASH) {
        flags = ESCAPED;
        pos = this.skipEscape(pos);
        continue;
      }
      if (byte < 0x20) {
        this.pos = pos;
        throw this.unexpected('no bare control character in a string');
      }
      seen |= byte;
      pos++;
    }
    this.pos = end;
    throw this.unexpected('a closing quote');
  }

  /** Returns the position behind the escape whose backslash is at `start`. */
  private skipEscape(start: number): number {
    const letter = this.bytes[start + 1];
    const growth = SHORT_ESCAPE[letter];
    if (growth > 0) {
      this.growth += growth;
      return start + 2;
    }
    const unit = letter === 0x75 ? this.hex4(start + 2) : -1;
    if (unit < 0) {
      this.pos = start;
      throw this.unexpected('a valid escape sequence');
    }
    const end = start + 6;
    this.growth++;
    if (unit === 0) {
      this.edit(start, end, REPLACEMENT);
    } else if (unit >= 0xd800 && unit <= 0xdfff) {
      if (unit < 0xdc00 && this.isLowSurrogate(end)) {
        this.growth++;
        return end + 6;
      }
      this.edit(start, end, REPLACEMENT);
    }
    return end;
  }

  private isLowSurrogate(at: number): boolean {
    if (this.bytes[at] !== BACKSLASH || this.bytes[at + 1] !== 0x75) return false;
    const unit = this.hex4(at + 2);
    return unit >= 0xdc00 && unit <= 0xdfff;
  }

  /** Four hex digits as a number, or -1. */
  private hex4(at: number): number {
    let value = 0;
    for (let i = at; i < at + 4; i++) {
      const byte = i < this.end ? this.bytes[i] : 0;
      const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66 ? (byte | 0x20) - 0x57 : -1;
      if (digit < 0) return -1;
      value = (value << 4) | digit;
    }
    return value;
  }

  private skipObject(depth: number): void {
    if (!this.enterObject(depth)) return;
    do {
      this.key();
      this.skipValue(depth);
    } while (this.nextMember());
  }

  private skipArray(depth: number): void {
    if (!this.enterArray(depth)) return;
    do this.skipValue(depth);
    while (this.nextElement());
  }

  private skipNumber(): void {
    const { bytes } = this;
    const start = this.pos;
    let pos = start;
    if (bytes[pos] === 0x2d) pos++;
    if (bytes[pos] === 0x30) pos++;
    else pos = this.digits(pos, start);
    if (bytes[pos] === 0x2e) pos = this.digits(pos + 1, start);
    if (bytes[pos] === 0x65 || bytes[pos] === 0x45) {
      pos++;
      if (bytes[pos] === 0x2b || bytes[pos] === 0x2d) pos++;
      pos = this.digits(pos, start);
    }
    this.pos = pos;
  }

  /** At least one digit from `from`; returns the position behind the last. */
  private digits(from: number, numberStart: number): number {
    const { bytes, end } = this;
    let pos = from;
    while (pos < end && bytes[pos] >= 0x30 && bytes[pos] <= 0x39) pos++;
    if (pos === from) {
      this.pos = pos === numberStart ? pos : Math.min(pos, end);
      throw this.unexpected(pos === numberStart ? 'a JSON value' : 'a digit');
    }
    return pos;
  }

  private word(text: string): void {
    for (let i = 0; i < text.length; i++) if (this.bytes[this.pos + i] !== text.charCodeAt(i)) throw this.unexpected('a JSON value');
    this.pos += text.length;
  }

  /** Python's json.dumps writes these by default; JSON does not know them. */
  private nonFinite(text: string): Kind {
    if (this.verbatim) throw this.unexpected('a JSON value');
    const start = this.pos;
    this.word(text);
    this.edit(start, this.pos, 'null');
    return Kind.Null;
  }

  private edit(start: number, end: number, text: string): void {
    if (this.verbatim) return;
    // Memory is bounded by the payload's size, not by what a hostile one makes of it.
    if (this.edits.length === MAX_EDITS) throw new CaptureError('payload_too_big', `more than ${MAX_EDITS} values to repair`);
    this.edits.push({ start, end, text });
  }

  private tooDeep(): CaptureError {
    return new CaptureError('unparsable', `nesting deeper than ${this.maxDepth} levels (MAX_JSON_DEPTH) at byte ${this.pos}`);
  }

  unexpected(wanted: string): CaptureError {
    const found = this.pos >= this.end ? 'the end of the payload' : `byte 0x${this.bytes[this.pos].toString(16).padStart(2, '0')}`;
    return new CaptureError('unparsable', `expected ${wanted} at byte ${this.pos}, found ${found}`);
  }
}
