import type { Finding, Subject } from './finding.js';
import { about } from './finding.js';

/** Time zones aside, machines that synchronise their clocks differ by milliseconds. */
const SKEW_WARNING_MS = 1000;
const SKEW_FAULT_MS = 60_000;

/** @param skewMs how much this machine's clock is before that of `whose` */
export function judgeSkew(subject: Subject, whose: string, skewMs: number): Finding {
  const { ok, warning, fault } = about(subject);
  const text = `this clock is ${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} that of ${whose}`;
  if (Math.abs(skewMs) > SKEW_FAULT_MS) return fault(`${text}, and events' times are computed with it; synchronise both with NTP`);
  if (Math.abs(skewMs) > SKEW_WARNING_MS) return warning(`${text}; synchronise both with NTP`);
  return ok(text);
}
