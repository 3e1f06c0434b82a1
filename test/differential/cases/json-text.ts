import type { SeededRandom } from '@app/testing';

const NUMBERS = [
  '0',
  '-0',
  '1',
  '42',
  '1.0',
  '-1.50',
  '1e21',
  '1E+2',
  '0.1e-7',
  '9007199254740993',
  '18446744073709551615',
  '1e400',
  '3.14159265358979323846',
];
const BAD_NUMBERS = ['01', '1.', '.5', '+1', '-', '1e', '0x1', '1_0', '--1', '1e+', '-.5'];
const WORDS = ['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'];
const BAD_WORDS = ['nul', 'True', 'undefined', '-NaN', 'NaNs', 'infinity', "'a'", '/**/1'];
const PIECES = [
  'a',
  'Zz 9',
  'é',
  '日本',
  '😀',
  '\u007f',
  '\u2028',
  '\ufeff',
  '\\n',
  '\\"',
  '\\\\',
  '\\/',
  '\\b\\f\\r\\t',
  '\\u00e9',
  '\\u0041',
  '\\ud83d\\ude00',
  '\\uD83D\\uDE00',
  '{',
  ']',
  ',',
  ':',
  '+',
  '%',
  '&data=',
];
const STRANGE = [
  '\\u0000',
  '\\ud800',
  '\\udc00',
  '\\uDBFF\\uD800\\uDC00',
  '\\ud800\\u0041',
  '\\\\u0000',
  '\\ud800\\\\udc00',
  '\\u0000\\u0000',
  '\\udc00\\udc00',
  '\\ude00\\ud83d\\ude00',
  '\\ud83d😀',
];
const BAD_PIECES = ['\u0001', '\n', '\\x41', '\\u12', '\\u12g4', '\\', '\t', '\\U0041'];
const BLANKS = ['', ' ', '\n', '\t', '\r\n', '   '];

/** How often a case strays from what SDKs write. */
export interface Oddity {
  /** Legal but strange: NUL, lone surrogates, bare NaN. */
  readonly strange: number;
  /** No JSON: one fault in the whole text, at this chance in each place where it can stand. A second would hide it. */
  readonly broken: number;
}

/** Writes JSON as text, so that every spelling of a value is within reach. */
export class JsonText {
  private isBroken = false;

  constructor(
    readonly r: SeededRandom,
    readonly oddity: Oddity,
  ) {}

  string(length = this.r.int(5)): string {
    const { r, oddity } = this;
    // Long runs are what packers are good at.
    if (r.chance(0.01)) return `"${r.pick(PIECES).repeat(50 + r.int(100))}"`;
    const pieces = r.times(length, () => {
      if (this.breaks(oddity.broken)) return r.pick(BAD_PIECES);
      return r.pick(r.chance(oddity.strange) ? STRANGE : PIECES);
    });
    return `"${pieces.join('')}"`;
  }

  number(): string {
    return this.r.pick(this.breaks(this.oddity.broken) ? BAD_NUMBERS : NUMBERS);
  }

  value(depth = 2): string {
    const { r } = this;
    const kind = r.int(depth > 0 ? 8 : 5);
    if (kind < 3) return this.string();
    if (kind === 3) return this.number();
    if (kind === 4) return this.word();
    if (kind === 5) return this.array(r.times(r.int(4), () => this.value(depth - 1)));
    return this.object(
      r.times(r.int(4), () => [
        r.pick(['a', 'b', 'é', 'a', '', '__proto__', '10', '9', 'event', 'batch', '$snapshot_data', 'properties']),
        this.value(depth - 1),
      ]),
    );
  }

  word(): string {
    if (this.breaks(this.oddity.broken)) return this.r.pick(BAD_WORDS);
    return this.r.chance(this.oddity.strange) ? this.r.pick(WORDS) : this.r.pick(['true', 'false', 'null']);
  }

  /** A key as it may be spelt: plain nearly always, else with escapes. */
  key(name: string): string {
    if (!this.r.chance(0.03)) return JSON.stringify(name);
    const at = this.r.int(Math.max(1, name.length));
    const escaped = Array.from(name, (char, i) => (i === at ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char));
    return `"${escaped.join('')}"`;
  }

  object(members: readonly (readonly [string, string])[]): string {
    return `{${this.joined(members.map(([name, value]) => `${this.key(name)}${this.blank()}:${this.blank()}${value}`))}}`;
  }

  array(items: readonly string[]): string {
    return `[${this.joined(items)}]`;
  }

  private joined(parts: readonly string[]): string {
    if (parts.length === 0) return this.blank();
    const trailing = this.breaks(this.oddity.broken / 4) ? ',' : '';
    return this.blank() + parts.join(`${this.blank()},${this.blank()}`) + trailing + this.blank();
  }

  private breaks(chance: number): boolean {
    if (this.isBroken || !this.r.chance(chance)) return false;
    this.isBroken = true;
    return true;
  }

  private blank(): string {
    return this.r.chance(0.05) ? this.r.pick(BLANKS) : '';
  }
}
