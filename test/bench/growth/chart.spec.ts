import { describe, expect, it } from 'vitest';
import { chart } from './chart.js';
import type { Growth } from './growth.js';
import { logTicks, scale, short, yAxis } from './scale.js';

describe('a scale', () => {
  it('puts ends on ends, and decades at equal distances', () => {
    const x = scale([1, 1000], [0, 300], true);
    expect([1, 10, 100, 1000].map((value) => Math.round(x(value)))).toEqual([0, 100, 200, 300]);
  });

  it('begins at zero, so that a small slope looks small', () => {
    expect(yAxis([9.5, 11])).toEqual({ isLog: false, from: 0, to: 15, ticks: [0, 5, 10, 15] });
  });

  it('is logarithmic where the low end would vanish', () => {
    expect(yAxis([4, 250])).toEqual({ isLog: true, from: 3, to: 300, ticks: [3, 10, 30, 100, 300] });
  });

  it('has ticks at powers of ten within', () => {
    expect(logTicks(0.2, 100)).toEqual([1, 10, 100]);
    expect(logTicks(1, 1_000_000).map(short)).toEqual(['1', '10', '100', '1000', '10k', '100k', '1M']);
  });
});

describe('the chart', () => {
  it('has a panel a circumstance, a line a curve and a dot a point', () => {
    const svg = chart([growth('batch', 1), growth('projects', 2)]);
    expect(svg.match(/<g /g)).toHaveLength(2);
    expect(svg.match(/<polyline/g)).toHaveLength(3);
    expect(svg.match(/<circle/g)).toHaveLength(9);
    expect(svg.match(/<(g|svg|title|text)\b/g)!.length).toBe(svg.match(/<\/(g|svg|title|text)>/g)!.length);
  });

  it('draws what grows upwards', () => {
    const [line] = /points="([^"]+)"/.exec(chart([growth('batch', 1)]))!.slice(1);
    const heights = line.split(' ').map((place) => Number(place.split(',')[1]));
    expect(heights).toEqual(heights.toSorted((a, b) => b - a));
  });

  it('holds no markup of names', () => {
    expect(chart([growth('<b> & c', 1)])).toContain('&lt;b> &amp; c');
  });
});

function growth(title: string, curves: number): Growth {
  const points = [1, 10, 100].map((value, i) => ({ value, microseconds: 5 + i, eventsPerSecond: 1, anonymousMiB: 1 }));
  return { axis: { name: title, title, unit: '' }, curves: Array.from({ length: curves }, (_, i) => ({ name: `curve ${i}`, points })) };
}
