import { describe, expect, it } from 'vitest';
import type { LoadResult } from '../load/load.ts';
import { DEFAULT_PLAN } from '../load/plan.ts';
import type { RequestRecord } from '../load/records.ts';
import { compare } from './compare.ts';
import { rowOf } from './row.ts';

const request = (key: number, sequence: number, status = 200, events = 1): RequestRecord => ({
  key,
  sequence,
  events,
  status,
  ack: 'kafka',
  detail: '',
  due: sequence * 10,
  ms: 1,
});

const aLoad = (...records: RequestRecord[]): LoadResult => ({
  plan: { ...DEFAULT_PLAN, url: 'http://127.0.0.1:1', run: 'r' },
  records,
  offered: records.reduce((sum, { events }) => sum + events, 0),
  peakInFlight: 1,
});

const found = (key: number, sequence: number, partition = 0, run = 'r') => ({ run, key, sequence, partition });

describe('the comparison of what was acknowledged with what was found', () => {
  it('misses every acknowledged event that is in no topic, and none that was refused', () => {
    const load = aLoad(request(1, 0, 200, 3), request(1, 3, 503), request(1, 4, 0));
    expect(compare([load], [found(1, 0), found(1, 2)])).toMatchObject({ found: 2, lost: 1, examples: ['lost r 1 1'] });
  });

  it('counts copies beyond the first, wherever they stand', () => {
    const load = aLoad(request(1, 0), request(1, 1));
    expect(compare([load], [found(1, 0), found(1, 1), found(1, 0), found(1, 1)])).toMatchObject({ duplicated: 2, outOfOrder: 0, lost: 0 });
  });

  it('sees a first copy behind that of a later one of its key', () => {
    const load = aLoad(request(1, 0), request(1, 1), request(1, 2));
    expect(compare([load], [found(1, 1), found(1, 0), found(1, 2)])).toMatchObject({ outOfOrder: 1 });
  });

  it('does not compare keys with each other, nor partitions', () => {
    const load = aLoad(request(1, 0), request(1, 1), request(2, 0));
    expect(compare([load], [found(1, 1, 1), found(2, 0), found(1, 0, 0)])).toMatchObject({ outOfOrder: 0, lost: 0 });
  });

  it('leaves the events of other runs alone', () => {
    expect(compare([aLoad(request(1, 0))], [found(1, 0, 0, 'other')])).toMatchObject({ found: 0, lost: 1 });
  });
});

describe('a row', () => {
  const bounds = { acknowledgedShare: 0.5, duplicates: 1, because: 'the test says so' };
  const row = (loads: LoadResult[], events: ReturnType<typeof found>[]) =>
    rowOf({ scenario: 's', loads, found: events, bounds, memory: undefined, notes: [], problems: [] });

  it('is green when everything is there, once, in order', () => {
    expect(row([aLoad(request(1, 0), request(1, 1))], [found(1, 0), found(1, 1)]).problems).toEqual([]);
  });

  it.each([
    ['a loss', [found(1, 0)], /lost 1 /],
    ['disorder', [found(1, 1), found(1, 0)], /1 events out of order/],
    ['too many duplicates', [found(1, 0), found(1, 1), found(1, 1), found(1, 0)], /2 duplicates, more than 1 \(the test says so\)/],
  ])('is red for %s', (_, events, problem) => {
    expect(row([aLoad(request(1, 0), request(1, 1))], events).problems).toEqual([expect.stringMatching(problem)]);
  });

  it('is red when too little was acknowledged, and when nothing was', () => {
    expect(row([aLoad(request(1, 0), request(1, 1, 503), request(1, 2, 503))], [found(1, 0)]).problems).toHaveLength(1);
    expect(row([aLoad(request(1, 0, 503))], []).problems).toEqual([
      'acknowledged 0 of 1, less than 0.5',
      'nothing was acknowledged: the row shows nothing',
    ]);
  });
});
