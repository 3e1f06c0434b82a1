import { describe, expect, it } from 'vitest';
import { eventTime, type TimeParts } from './event-time.js';

const NOW = Date.UTC(2026, 10, 24, 12);
const HOUR = 3_600_000;
const at = (parts: Partial<TimeParts>) => {
  const time = eventTime({ timestamp: undefined, offset: undefined, sentAt: undefined, ignoreSentAt: false, now: NOW, ...parts });
  return time === 0 ? 'epoch' : time - NOW;
};

describe('eventTime, in milliseconds from now', () => {
  it.each<[string, Partial<TimeParts>, number | 'epoch']>([
    ['nothing known', {}, 0],
    ['a timestamp', { timestamp: NOW - 5000 }, -5000],
    ['an offset', { offset: 1000 }, -1000],
    ['an offset and a timestamp: the offset wins', { offset: 1000, timestamp: NOW - 5000, sentAt: NOW }, -1000],
    ['an offset of nothing', { offset: 0, timestamp: NOW - 5000 }, 0],
    ['a clock that is an hour ahead', { timestamp: NOW + HOUR - 5000, sentAt: NOW + HOUR }, -5000],
    ['a clock that is a year behind', { timestamp: NOW - 8760 * HOUR - 5000, sentAt: NOW - 8760 * HOUR }, -5000],
    ['a time of sending that is to be ignored', { timestamp: NOW - 5000, sentAt: NOW + HOUR, ignoreSentAt: true }, -5000],
    ['a time of sending alone', { sentAt: NOW - HOUR }, 0],
    ['23 hours ahead', { timestamp: NOW + 23 * HOUR }, 23 * HOUR],
    ['a millisecond more', { timestamp: NOW + 23 * HOUR + 1 }, 0],
    ['ahead only before the skew is out', { timestamp: NOW + 30 * HOUR, sentAt: NOW + 30 * HOUR }, 0],
    ['an offset from the future', { offset: -24 * HOUR }, 0],
    ['the last moment of 9999', { timestamp: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }, 0],
    ['the year 10000', { timestamp: Date.UTC(10_000, 0, 1) }, 'epoch'],
    ['no number at all', { timestamp: Number.POSITIVE_INFINITY }, 'epoch'],
    ['before the year 0', { timestamp: -62_167_219_200_001 }, 'epoch'],
    ['the first moment of the year 0', { timestamp: -62_167_219_200_000 }, -62_167_219_200_000 - NOW],
    ['an absurd offset', { offset: Number.MAX_SAFE_INTEGER }, 'epoch'],
    ['a skew of ten thousand years', { timestamp: -62_167_219_200_000, sentAt: 253_402_300_799_999 }, 'epoch'],
  ])('%s', (_, parts, expected) => {
    expect(at(parts)).toBe(expected);
  });
});
