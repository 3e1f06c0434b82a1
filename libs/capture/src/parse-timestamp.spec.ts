import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from './parse-timestamp.js';

const NOON = '2026-11-24T12:00:00.000Z';
const TABLE = readFileSync(join(import.meta.dirname, '../fixtures/times.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'))
  .map(([sent, wanted]) => [JSON.parse(sent) as string, wanted === 'now' ? undefined : wanted] as const);
const iso = (text: string) => {
  const time = parseTimestamp(text);
  return time === undefined ? undefined : new Date(time).toISOString();
};

describe('parseTimestamp', () => {
  it.each(TABLE)('%j from the wild is %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each([
    ['2026-11-24T12:00:00Z', NOON],
    ['2026-11-24t12:00:00z', NOON],
    ['2026-11-24 12:00:00Z', NOON],
    ['2026-11-24T12:00Z', NOON],
    ['2026-11-24T12:00:00', NOON],
    ['2026-11-24T12:00:00.733123456', '2026-11-24T12:00:00.733Z'],
    ['2026-11-24T12:00:00,5Z', '2026-11-24T12:00:00.500Z'],
    ['2026-11-24T12:00:00.9999Z', '2026-11-24T12:00:00.999Z'],
    ['2026-11-24T17:30:00+05:30', NOON],
    ['2026-11-24T17:30:00+0530', NOON],
    ['2026-11-24T15:00:00+03', NOON],
    ['2026-11-24T08:30:00.000-03:30', NOON],
    ['2026-11-24T12:00:00 Z', NOON],
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24T24:00:00Z', '2026-11-25T00:00:00.000Z'],
    ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
    ['0050-06-01T00:00:00Z', '0050-06-01T00:00:00.000Z'],
    ['+010000-01-01T00:00:00Z', '+010000-01-01T00:00:00.000Z'],
    ['Tue, 24 Nov 2026 13:00:00 +0100', NOON],
    ['24 Nov 2026 12:00 GMT', NOON],
    ['Tue, 24 Nov 2026 07:00:00 EST', NOON],
    ['Tue, 24 Nov 2026 12:00:00', NOON],
    ['2026/11/24 12:00', NOON],
    ['11/24/2026 12:00:00', NOON],
    ['11/24/2026', '2026-11-24T00:00:00.000Z'],
    ['1795521600', NOON],
    ['1795521600.25', '2026-11-24T12:00:00.250Z'],
    ['1795521600000', NOON],
    ['1795521600000.9', NOON],
    ['99999999999', '5138-11-16T09:46:39.000Z'],
    ['100000000000', '1973-03-03T09:46:40.000Z'],
    ['-1000000000', '1938-04-24T22:13:20.000Z'],
    ['100000000', '1973-03-03T09:46:40.000Z'],
    ['1795521600123456', '2026-11-24T12:00:00.123Z'],
    ['1795521600123999999', '2026-11-24T12:00:00.123Z'],
    ['20261124120000', NOON],
    ['19991231', '1999-12-31T00:00:00.000Z'],
    ['2026-11-24 12:00:00 AM', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24 12:00:00 pm', NOON],
    ['Nov 24, 2026', '2026-11-24T00:00:00.000Z'],
    ['november 24, 2026 12:00 utc', NOON],
    ['1/2/69', '2069-01-02T00:00:00.000Z'],
    ['1/2/70', '1970-01-02T00:00:00.000Z'],
    ['2026年11月24日', '2026-11-24T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each(
    [
      '',
      ' ',
      'invalid',
      'now',
      '2026-13-01',
      '2026-00-01',
      '2026-02-29',
      '2026-02-29T00:00:00.000Z',
      '2100-02-29',
      '2026-04-31T00:00:00.000Z',
      '2026-11-00',
      '2026-11-24T25:00:00Z',
      '2026-11-24T12:60:00Z',
      '2026-11-24T12:00:61Z',
      '2026-11-24T12:00:00.Z',
      '2026-11-24T12:00:0x.000Z',
      '2026-11-24T1x:00:00.000Z',
      '2026-11-24T12:00:00.00xZ',
      '2026-11-24X12:00:00.000Z',
      '24/11/2026',
      '0',
      '-1',
      '2026',
      '86400',
      '99999999',
      '20261399',
      '20261399120000.5x',
      '123456789012345678901',
      '2026-11-24 13:00:00 PM',
      '2026-11-24 0:30 AM',
      '31 Feb 2026 12:00',
      '24 Foo 2026 12:00',
      'Novem 24, 2026',
      '2026-11-24 12:00 BST',
      '2026-11-24T12:00:00EST',
      '11/24/2026, 12:00',
      'Foo 5',
      '1e9',
      '0x10',
      '1 2',
      'Infinity',
    ].filter((text) => text !== '2026-11-24T12:00:00.000'),
  )('%j is none', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('reads back every time that JavaScript writes, whatever was read before', () => {
    const time = fc.date({ min: new Date(-62_167_219_200_000), max: new Date(253_402_300_799_999), noInvalidDate: true });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 4 }), (dates) => {
        for (const date of dates) expect(parseTimestamp(date.toISOString())).toBe(date.getTime());
      }),
      { numRuns: 1000 },
    );
  });

  it('loses no millisecond to binary fractions, in ISO and in epoch seconds', () => {
    for (let ms = 0; ms < 1000; ms++) {
      const fraction = String(ms).padStart(3, '0');
      expect(parseTimestamp(`2026-11-24T12:00:00.${fraction}+00:00`)).toBe(1_795_521_600_000 + ms);
      expect(parseTimestamp(`1795521600.${fraction}`)).toBe(1_795_521_600_000 + ms);
    }
  });

  it('takes every zone for what it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -14 * 60, max: 14 * 60 }), fc.boolean(), (minutes, colon) => {
        const two = (value: number) => String(value).padStart(2, '0');
        const size = Math.abs(minutes);
        const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${colon ? ':' : ''}${two(size % 60)}`;
        expect(parseTimestamp(`2026-11-24T12:00:00${zone}`)).toBe(1_795_521_600_000 - minutes * 60_000);
      }),
    );
  });

  it('gives a whole number or undefined for any text', () => {
    const pieces = fc.array(fc.constantFrom('2026', '-', '11', '/', '24', 'T', ' ', ':', '12', '.', '5', 'Z', '+', 'Nov', 'GMT', ','), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((parts) => parts.join('')),
        ),
        (text) => {
          const time = parseTimestamp(text);
          expect(time === undefined || Number.isInteger(time)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
