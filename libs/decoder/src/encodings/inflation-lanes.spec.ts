import { describe, expect, it } from 'vitest';
import { MOST_PATIENCE, InflationLanes, rankOf } from './inflation-lanes.js';

describe('InflationLanes', () => {
  it('lets smaller bodies go first, and those of about the same size in order', async () => {
    const lanes = new InflationLanes(1);
    await lanes.enter(rankOf(20_000_000));
    const order: string[] = [];
    const wait = (name: string, bytes: number) => lanes.enter(rankOf(bytes)).then(() => (order.push(name), lanes.leave()));
    const all = [wait('large', 20_000_000), wait('behind all', Infinity), wait('small', 300_000), wait('as small', 280_000)];
    lanes.leave();
    await Promise.all(all);
    expect(order).toEqual(['small', 'as small', 'large', 'behind all']);
  });

  it('has a body make way for smaller ones alone', async () => {
    const lanes = new InflationLanes(1);
    await lanes.enter(rankOf(1_000_000));
    expect(lanes.shouldMakeWay(rankOf(1_000_000))).toBe(false);
    void lanes.enter(rankOf(1_000_000));
    expect(lanes.shouldMakeWay(rankOf(1_000_000))).toBe(false);
    void lanes.enter(rankOf(200_000));
    expect(lanes.shouldMakeWay(rankOf(1_000_000))).toBe(true);
    expect(lanes.shouldMakeWay(rankOf(150_000))).toBe(false);
  });

  it('lets a larger body have its turn in the end, however many smaller ones come', async () => {
    const lanes = new InflationLanes(1);
    await lanes.enter(3);
    const order: string[] = [];
    void lanes.enter(20).then(() => order.push('large'));
    for (let i = 0; i < 2 * MOST_PATIENCE && !order.includes('large'); i++) {
      void lanes.enter(3).then(() => order.push('small'));
      lanes.leave();
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(order.indexOf('large')).toBe(MOST_PATIENCE);
  });
});
