import { describe, expect, it } from 'vitest';
import { knowKeys, scanTape } from './scan.js';

const LIMITS = { maxDepth: 10, maxEvents: 3 };
const tape = (json: string, limits = LIMITS) => scanTape(Buffer.from(json), limits);

// What the tape says is held against the byte loop's in libs/decoder; here is what only the kernel's side decides.
describe('scanTape', () => {
  it.each([
    ['broken JSON', '{"a":}'],
    ['text behind the value', '{} {}'],
    ['a control character in a string', '{"a":"\u0001"}'],
    ['a bare NaN', '{"a":NaN}'],
    ['a NUL to repair', String.raw`{"a":"\u0000"}`],
    ['a lone surrogate to repair', String.raw`{"a":"\ud800 "}`],
    ['a low surrogate without its high one', String.raw`{"a":"\udc00"}`],
    ['a key with escapes, which may be a known one', String.raw`{"\u0061":1}`],
    ['more events than allowed', '[{},{},{},{}]'],
    ['nothing that holds events', '"text"'],
    ['an empty payload', ''],
  ])('leaves %s to the byte loop', (_what, json) => {
    expect(tape(json)).toBeUndefined();
  });

  it('leaves what nests too deep to the byte loop, and nothing else', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(tape(nested(10))).toBeDefined();
    expect(tape(nested(11))).toBeUndefined();
    expect(tape(nested(4096), { maxDepth: 1_000_000, maxEvents: 1 })).toBeDefined();
    expect(tape(nested(4097), { maxDepth: 1_000_000, maxEvents: 1 })).toBeUndefined();
  });

  it('takes payloads up to its memory, and smaller ones after a large one', () => {
    const json = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
    expect(tape(json(32 << 20))).toBeDefined();
    expect(tape(json((32 << 20) + 1))).toBeUndefined();
    expect(tape('{"a":1')).toBeUndefined();
    expect(tape('{"a":1}')?.length).toBe(1);
  });

  it('leaves a payload with more members than its tape holds to the byte loop', () => {
    const many = `[${'{},'.repeat(131_070)}{}]`;
    expect(tape(many, { maxDepth: 10, maxEvents: 1_000_000 })).toBeUndefined();
    expect(tape(`[${'{},'.repeat(131_069)}{}]`, { maxDepth: 10, maxEvents: 1_000_000 })?.length).toBe(131_072);
  });

  it('does not take keys that it could not compare', () => {
    expect(() => knowKeys({ ['k'.repeat(32)]: 9 }, {})).toThrow('key of 32 bytes');
  });
});
