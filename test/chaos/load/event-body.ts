import { randomUUID } from 'node:crypto';
import type { LoadPlan } from './plan.ts';

/** The distinct id of a key. */
export const distinctId = (run: string, key: number): string => `chaos-${run}-${key}`;

/** The body of a request, and where it goes: one event alone, several as a batch. */
export function eventBody(plan: LoadPlan, key: number, sequence: number): { path: string; body: string } {
  const filler = 'x'.repeat(plan.eventBytes);
  const events = Array.from({ length: plan.eventsPerRequest }, (_, i) => ({
    event: 'chaos probe',
    distinct_id: distinctId(plan.run, key),
    uuid: randomUUID(),
    properties: { chaos_run: plan.run, chaos_key: key, chaos_sequence: sequence + i, filler },
  }));
  if (events.length === 1) return { path: '/i/v0/e', body: JSON.stringify({ token: plan.token, ...events[0] }) };
  return { path: '/batch', body: JSON.stringify({ api_key: plan.token, batch: events }) };
}
