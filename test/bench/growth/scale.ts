export type Range = readonly [from: number, to: number];

/** @returns where on the paper a value lies */
export function scale([from, to]: Range, [start, end]: Range, isLog: boolean): (value: number) => number {
  const position = isLog ? Math.log : (value: number) => value;
  const length = position(to) - position(from);
  return (value) => (length === 0 ? start : start + ((position(value) - position(from)) / length) * (end - start));
}

export interface YAxis {
  readonly isLog: boolean;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

/** Where a curve spans more than this, a linear axis would hide its low end. */
const SPAN = 8;

/** From zero, so that a slope is as steep as it is; logarithmic where the values are too far apart for that. */
export function yAxis(values: readonly number[]): YAxis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (high / low > SPAN) {
    const ticks = logTicks(low, high, true);
    return { isLog: true, from: ticks[0], to: ticks.at(-1)!, ticks };
  }
  const step = niceStep(high / 4);
  const ticks = Array.from({ length: Math.ceil(high / step) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  return { isLog: false, from: 0, to: ticks.at(-1)!, ticks };
}

/** Powers of ten within the range; with `isAround` those just outside too. */
export function logTicks(low: number, high: number, isAround = false): number[] {
  const exponents = [Math.log10(low), Math.log10(high)].map((exponent) => Number(exponent.toFixed(9)));
  const first = isAround ? Math.floor(exponents[0]) : Math.ceil(exponents[0]);
  const last = isAround ? Math.ceil(exponents[1]) : Math.floor(exponents[1]);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
}

/** 0.2, 30, 10k, 1M. */
export function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e4 ? `${value / 1e3}k` : String(value);
}
