import { describe, expect, it } from 'vitest';
import { routeTarget } from './route-target.js';

describe('routeTarget', () => {
  it.each([
    ['/ingest/e/?x=1', '/e/?x=1'],
    ['/ingest', '/'],
    ['/ingest?x', '/?x'],
    ['/ingest/', '/'],
    ['/e', '/e'],
    ['/ingestion/e', '/ingestion/e'],
    ['/ingest/ingest/e', '/ingest/e'],
  ])('%s is %s', (target, expected) => {
    expect(routeTarget(target, '/ingest')).toBe(expected);
    expect(routeTarget(target, '')).toBe(target);
  });

  it.each([
    ['//batch/', '/batch/'],
    ['///batch//', '/batch/'],
    ['//', '/'],
    ['/i//v0///e', '/i/v0/e'],
    ['//e/?data=a//b&x=//', '/e/?data=a//b&x=//'],
    ['/e/?data=a//b', '/e/?data=a//b'],
    ['/ingest//e/', '/e/'],
    ['//ingest///e?a=//', '/e?a=//'],
    ['/ingest//?a=//', '/?a=//'],
    ['/e%2f%2fx', '/e%2f%2fx'],
  ])('%s has one slash wherever there are several: %s', (target, expected) => {
    expect(routeTarget(target, '/ingest')).toBe(expected);
  });
});
