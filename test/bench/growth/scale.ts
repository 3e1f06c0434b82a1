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
    const ticks = around(low, high);
    return { isLog: true, from: ticks[0], to: ticks.at(-1)!, ticks };
  }
  const step = niceStep(high / 4);
  const ticks = Array.from({ length: Math.ceil(high / step) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  return { isLog: false, from: 0, to: ticks.at(-1)!, ticks };
}

/** Powers of ten within the range. */
export function logTicks(low: number, high: number): number[] {
  return powers(low, high).filter((tick) => tick >= low && tick <= high);
}

/** Powers of ten and their threefold, from the last one below the range to the first one above. */
function around(low: number, high: number): number[] {
  const ticks = powers(low, high).flatMap((power) => [power, Number((3 * power).toPrecision(1))]);
  return ticks.slice(
    ticks.findLastIndex((tick) => tick <= low),
    ticks.findIndex((tick) => tick >= high) + 1,
  );
}

function powers(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
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
