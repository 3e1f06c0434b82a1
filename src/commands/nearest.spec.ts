import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.js';

const NAMES = ['serve', 'doctor', 'drain', 'tail', 'config'];

describe('the nearest name', () => {
  it.each([
    ['servr', 'serve'],
    ['drian', 'drain'],
    ['conf', 'config'],
    ['tial', 'tail'],
  ])('%s: %s', (given, meant) => {
    expect(nearest(given, NAMES)).toBe(meant);
  });

  it.each(['frobnicate', 'status', ''])('%j is near none', (given) => {
    expect(nearest(given, NAMES)).toBeUndefined();
  });
});
