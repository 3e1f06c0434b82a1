import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownKeys } from './known-keys.js';

const NAMES = ['token', 'event', 'batch', '$token', '$set', 'uuid', '$session_id', 'distinct_id', 'distinct_ix', 'x'];
const keys = new KnownKeys(Object.fromEntries(NAMES.map((name, id) => [name, id])));
const found = (text: string, before = '{"', after = '":') => {
  const start = Buffer.byteLength(before);
  return keys.find(Buffer.from(before + text + after), start, start + Buffer.byteLength(text));
};

describe('KnownKeys', () => {
  it('finds each of its keys, also among others of the same length', () => {
    expect(NAMES.map((name) => found(name))).toEqual(NAMES.map((_, id) => id));
    expect(NAMES.map((name) => keys.findText(name))).toEqual(NAMES.map((_, id) => id));
  });

  it('finds nothing else, by bytes as by text', () => {
    const near = fc.tuple(fc.constantFrom(...NAMES), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }));
    const key = fc.oneof(
      fc.string({ maxLength: 14 }),
      near.map(([name, at, char]) => name.slice(0, at % name.length) + char + name.slice((at % name.length) + 1)),
    );
    fc.assert(
      fc.property(key, (text) => {
        expect([found(text), keys.findText(text)]).toEqual([NAMES.indexOf(text), NAMES.indexOf(text)]);
      }),
    );
  });

  it('looks at the span alone, not at what follows', () => {
    expect([found('tok', '{"', 'en":'), found('token', '{"', '_id":'), found('oken', '{"t', '":')]).toEqual([-1, 0, -1]);
  });

  it('knows no key that every JavaScript object has', () => {
    expect(['constructor', '__proto__', 'toString'].map((text) => keys.findText(text))).toEqual([-1, -1, -1]);
  });
});
