import { describe, expect, it } from 'vitest';
import { misspelt } from './misspelt.js';

const KNOWN = ['HOST', 'PORT', 'OUTPUT', 'DATA_DIR', 'MAX_BODY_BYTES'];

describe('misspelt', () => {
  it.each([
    ['OUTPT', 'OUTPUT'],
    ['OUTPUTS', 'OUTPUT'],
    ['DATA_DIRS', 'DATA_DIR'],
    ['MAX_BODY_BYTE', 'MAX_BODY_BYTES'],
    ['MAXBODYBYTES', 'MAX_BODY_BYTES'],
    ['MAX_BODY_BYTSE', 'MAX_BODY_BYTES'],
  ])('%s is meant to be %s', (name, meant) => {
    expect(misspelt(name, KNOWN)).toBe(meant);
  });

  it.each([
    ['one edit of a short name', 'HOSTS'],
    ['two edits of a middling name', 'OUTPTU'],
    ['three edits of a long name', 'MAX_BODY_BI'],
    ['a name itself', 'MAX_BODY_BYTES'],
    ['another case', 'output'],
  ])('%s is not: %s', (_, name) => {
    expect(misspelt(name, KNOWN)).toBeUndefined();
  });
});
