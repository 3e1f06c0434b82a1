import { describe, expect, it } from 'vitest';
import { Missing } from './missing.js';

describe('Missing', () => {
  it('gives up nothing of numbers whose bytes could be read in the end: they were never those of messages', () => {
    const missing = new Missing();
    missing.add(10, 29, 20);
    expect(missing.total).toBe(20);
    expect([missing.found(12), missing.found(15), missing.found(15)]).toEqual([true, true, false]);
    expect(missing.passed(30, 30)).toBe(0);
    expect(missing.isEmpty).toBe(true);
  });

  it('gives up no more than the bytes that were given up can hold, nor than there are numbers', () => {
    const missing = new Missing();
    missing.add(10, 29, 20);
    missing.add(40, 44, 5);
    missing.lose(10, 30, 3);
    missing.lose(40, 45, 100);
    expect(missing.passed(50, 50)).toBe(3 + 5);
  });

  it('gives up no more than the bytes can hold, in all gaps that they are a part of together', () => {
    const missing = new Missing();
    missing.addBehind(10, 19);
    missing.add(20, 99, 80);
    expect(missing.lose(10, 100, 30)).toBe(90);
    expect(missing.untold(10)).toBe(0);
    expect(missing.untold(20)).toBe(10);
    expect(missing.untold(50)).toBe(30);
    expect(missing.passed(100, 100)).toBe(30);
    expect(missing.untold(100)).toBe(0);
  });

  it('gives up what a lane behind cannot find any more, once', () => {
    const missing = new Missing();
    missing.addBehind(10, 19);
    missing.found(11);
    expect(missing.passed(50, 10)).toBe(0);
    missing.lose(12, 20, 4);
    expect(missing.passed(50, 10)).toBe(4);
    expect(missing.passed(50, 20)).toBe(0);
  });
});
