/** Times that a broker takes, Unix milliseconds. */
export interface TimeBounds {
  readonly from: number;
  readonly to: number;
}

/** A record that carries no time: brokers take it whatever their clock says, and keep it by the time they wrote it. */
export const NO_TIME = -1;
export const NO_TIMES: TimeBounds = { from: NO_TIME, to: NO_TIME };

/** The lower end moves on while the batch is on its way. */
const MARGIN_MS = 10_000;

// "Timestamp 1 of message with offset 0 is out of range. The timestamp should be within [2, 3]": the same text since 0.10.
const RANGE = /within \[(-?\d{1,19}), ?(-?\d{1,19})\]/;

/** The range in the text of a record error; undefined where there is none. */
export function boundsIn(text: string | null | undefined): TimeBounds | undefined {
  const found = RANGE.exec((text ?? '').slice(0, 1000));
  if (found === null) return undefined;
  const [from, to] = [Number(found[1]), Number(found[2])];
  if (!(from <= to) || to < 0) return undefined;
  return { from: Math.max(0, Math.min(from + MARGIN_MS, to)), to };
}

/** The nearest time that is taken. No time is taken everywhere. */
export const within = (time: number, bounds: TimeBounds | undefined): number =>
  bounds === undefined || time === NO_TIME ? time : Math.min(Math.max(time, bounds.from), bounds.to);
