import { Kind, MemberNames } from '@app/decoder';

/** What players know from the service that this one replaces. */
const TAG = 'Message too large';
const CUSTOM_EVENT = 5;

const KEPT = new MemberNames(['type', 'timestamp']);
/** Numbers that rrweb writes. */
const MAX_DIGITS = 20;
/** A larger item is looked at where rrweb has these members, at its ends. */
const LARGE_BYTES = 2 << 20;
const ENDS_BYTES = 256;
const TYPE_FIRST = /^\{\s*"type":(-?\d{1,20})[,}]/;
const TIMESTAMP_LAST = /[,{]\s*"timestamp":(-?\d{1,20})\s*\}\s*$/;

/**
 * Stands in a recording for an item that no message can hold: an rrweb custom event, which players pass over and tools
 * can show. It keeps the item's time, so that the recording's length and the place of the gap stay right.
 *
 * @param item the item's JSON, binary text
 * @param now Unix milliseconds, for an item without a time of its own
 */
export function markerItem(item: string, now: number): string {
  const { type, timestamp } = item.length > LARGE_BYTES ? numbersAtEnds(item) : numbersIn(item);
  const payload = `{"type":${type ?? 'null'},"size":${item.length}}`;
  return `{"type":${CUSTOM_EVENT},"data":{"tag":"${TAG}","payload":${payload}},"timestamp":${timestamp ?? now}}`;
}

interface Numbers {
  type?: string | undefined;
  timestamp?: string | undefined;
}

function numbersIn(item: string): Numbers {
  const numbers: Numbers = {};
  for (const { name, kind, valueStart, valueEnd } of KEPT.last(item))
    numbers[name] = kind === Kind.Number && valueEnd - valueStart <= MAX_DIGITS ? item.slice(valueStart, valueEnd) : undefined;
  return numbers;
}

function numbersAtEnds(item: string): Numbers {
  return { type: TYPE_FIRST.exec(item.slice(0, ENDS_BYTES))?.[1], timestamp: TIMESTAMP_LAST.exec(item.slice(-ENDS_BYTES))?.[1] };
}
