import { describe, expect, it } from 'vitest';
import { ManualClock } from '@app/testing';
import { BusiestKeys } from './busiest-keys.js';
import { ProjectShares } from './project-shares.js';

describe('ProjectShares', () => {
  it('keeps one project to its share, whatever others hold', () => {
    const shares = new ProjectShares(100, new ManualClock());
    expect(shares.enter('a', 60)).toBe(true);
    expect(shares.enter('a', 60)).toBe(false);
    expect(shares.enter('b', 60)).toBe(true);
    expect(shares.enter('a', 40)).toBe(true);
    expect(shares.refused).toBe(1);
    shares.leave('a', 60);
    expect(shares.enter('a', 60)).toBe(true);
  });

  it('lets a project alone send a request larger than its share', () => {
    const shares = new ProjectShares(100, new ManualClock());
    expect(shares.enter('a', 150)).toBe(true);
    expect(shares.enter('a', 1)).toBe(false);
    shares.leave('a', 150);
    expect(shares.enter('a', 1)).toBe(true);
  });

  it('names the busiest first, and lets the past fade', () => {
    const clock = new ManualClock();
    const shares = new ProjectShares(1e9, clock);
    for (let i = 0; i < 10_000; i++) shares.enter(`made-up-${i}`, 1);
    for (let i = 0; i < 100; i++) shares.enter('big', 1000);
    for (let i = 0; i < 50; i++) shares.enter('middle', 1000);
    expect(shares.topProjects(2).map(({ key }) => key)).toEqual(['big', 'middle']);
    for (let minute = 0; minute < 30; minute++) {
      clock.advance(60_000);
      shares.enter('new', 1000);
    }
    expect(shares.topProjects(1)[0].key).toBe('new');
  });
});

describe('BusiestKeys', () => {
  it('finds every key with more than its part of the total among any number of others, never too low', () => {
    const keys = new BusiestKeys(10);
    for (let i = 0; i < 10_000; i++) keys.add(i % 4 === 0 ? 'hot' : i % 4 === 1 ? 'warm' : `cold ${i}`);
    const top = keys.top(2);
    expect(top.map(({ key }) => key).toSorted()).toEqual(['hot', 'warm']);
    for (const { count } of top) expect(count).toBeGreaterThanOrEqual(2500);
    expect(keys.top(100)).toHaveLength(10);
  });
});
