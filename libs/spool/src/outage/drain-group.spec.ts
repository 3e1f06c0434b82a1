import { describe, expect, it } from 'vitest';
import { DrainGroup, type DrainItem } from './drain-group.js';

const item = (sequence: number, key: string | null): DrainItem => ({
  sequence,
  bytes: 1,
  partition: 0,
  isDead: false,
  message: { topic: 'events', key, value: Buffer.from(''), headers: {} },
});

function aGroup(...keys: (string | null)[]): DrainGroup {
  const group = new DrainGroup('events/0', 'events', 0);
  group.items.push(...keys.map((key, i) => item(i, key)));
  return group;
}

const witnessesOf = (group: DrainGroup, index: number): Set<number | undefined> =>
  new Set(Array.from({ length: 300 }, () => group.witnessFor(index)?.sequence));

describe('DrainGroup', () => {
  it('names now this, now that message as witness, so that one which is refused as well does not hold up its partition for ever', () => {
    expect(witnessesOf(aGroup('a', 'a', 'b', 'c', 'b', null, 'a', null), 0)).toEqual(new Set([2, 3, 5, 7]));
  });

  it('names none that would overtake another one of its key, and none where there is no other key', () => {
    expect(witnessesOf(aGroup('a', 'b', 'b', 'b'), 0)).toEqual(new Set([1]));
    expect(witnessesOf(aGroup('b', 'a', 'a'), 1)).toEqual(new Set([undefined]));
  });
});
