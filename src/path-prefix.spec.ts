import { describe, expect, it } from 'vitest';
import { withoutPrefix } from './path-prefix.js';

describe('withoutPrefix', () => {
  it.each([
    ['/ingest/e/?x=1', '/e/?x=1'],
    ['/ingest', '/'],
    ['/ingest?x', '/?x'],
    ['/ingest/', '/'],
    ['/e', '/e'],
    ['/ingestion/e', '/ingestion/e'],
    ['/ingest/ingest/e', '/ingest/e'],
  ])('%s is %s', (url, expected) => {
    expect(withoutPrefix(url, '/ingest')).toBe(expected);
    expect(withoutPrefix(url, '')).toBe(url);
  });
});
