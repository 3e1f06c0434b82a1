import type { HostileCase } from '../cases/case.js';
import { LIMITS } from '../limits.js';
import type { Outcome } from './run-case.js';

/** What is wrong on any machine. */
export function problemsOf(outcome: Outcome, { statuses, stores }: Pick<HostileCase, 'statuses' | 'stores'>): string[] {
  const { isAlive, answer, honest, inFlight, stored } = outcome;
  if (!isAlive) return [`the process ${/heap out of memory/.test(outcome.lastWords) ? 'ran out of memory' : 'died or no longer answers'}`];
  return [
    ...(statuses.includes(answer.status) ? [] : [`answered ${answer.status} ${JSON.stringify(answer.text)}, not ${statuses.join(' or ')}`]),
    ...(answer.status === 503 && !answer.text.includes('transient') && !answer.text.includes('unavailable')
      ? [`503 without a reason`]
      : []),
    ...(honest.status === 200 ? [] : [`an honest request meanwhile got ${honest.status} ${honest.text}`]),
    ...(inFlight === 0 ? [] : [`${inFlight} bytes are still reserved`]),
    ...(stores === undefined || stored === stores ? [] : [`stored ${stored} events of ${stores}`]),
  ];
}

/** What is too slow or too large, on a machine that does nothing else. */
export function excessesOf(
  { isAlive, loopMs = Infinity, cpuSeconds, peakMib, honest }: Outcome,
  { group }: Pick<HostileCase, 'group'>,
): string[] {
  if (!isAlive) return [];
  const isOne = group !== 'connections' && !group.startsWith('ten ');
  return [
    ...(loopMs <= LIMITS.loopMs ? [] : [`the event loop stood still for ${loopMs} ms (${LIMITS.loopMs})`]),
    ...(cpuSeconds <= LIMITS.cpuSeconds || !isOne ? [] : [`${cpuSeconds.toFixed(1)} s of CPU (${LIMITS.cpuSeconds})`]),
    ...(peakMib <= LIMITS.peakMib ? [] : [`${peakMib} MiB resident (${LIMITS.peakMib})`]),
    ...(honest.ms <= LIMITS.honestMs ? [] : [`an honest request took ${honest.ms} ms (${LIMITS.honestMs})`]),
  ];
}
