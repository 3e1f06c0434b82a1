import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUuid, uuidV7 } from './uuid.js';

const UUID = '0190a5c2-1f6c-7e1a-8b1e-3d5f7a9b1c2d';
const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

describe('uuidV7', () => {
  it('has the form of version 7, and its time in front', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LAST }), (time) => {
        const uuid = uuidV7(time);
        expect(uuid).toMatch(V7);
        expect(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)).toBe(time);
      }),
    );
  });

  it('sorts as text by its time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LAST }), fc.integer({ min: 0, max: LAST }), (a, b) => {
        fc.pre(a !== b);
        expect(uuidV7(a) < uuidV7(b)).toBe(a < b);
      }),
    );
  });

  it('counts what happened before 1970 as 1970', () => {
    expect(uuidV7(-5).slice(0, 13)).toBe('00000000-0000');
  });

  it('never gives the same twice, also where the pool of random bytes ends', () => {
    const uuids = Array.from({ length: 5000 }, () => uuidV7(0));
    expect(new Set(uuids.map((uuid) => uuid.slice(15))).size).toBe(5000);
  });

  it('uses all of its random digits', () => {
    const uuids = Array.from({ length: 500 }, () => uuidV7(0).replaceAll('-', '').slice(13));
    for (let at = 0; at < 19; at++) expect(new Set(uuids.map((digits) => digits[at])).size).toBe(at === 3 ? 4 : 16);
  });
});

describe('parseUuid', () => {
  it.each([UUID, UUID.toUpperCase(), UUID.replaceAll('-', ''), `{${UUID}}`, `urn:uuid:${UUID}`, `{${UUID.toUpperCase()}}`])(
    'reads %s',
    (text) => {
      expect(parseUuid(text)).toBe(UUID);
    },
  );

  it.each([
    ['the nil UUID', '00000000-0000-0000-0000-000000000000'],
    ['another version', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  ])('takes %s', (_, text) => {
    expect(parseUuid(text)).toBe(text);
  });

  it.each([
    '',
    'x',
    `${UUID}0`,
    UUID.slice(1),
    UUID.replace('0', 'g'),
    ` ${UUID}`,
    `{${UUID}`,
    `${UUID}}`,
    `${UUID}\n`,
    UUID.replace('-', '_'),
  ])('%j is none', (text) => {
    expect(parseUuid(text)).toBeUndefined();
  });
});
