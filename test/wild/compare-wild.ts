import type { SeenMessage } from '../corpus/runner.js';
import type { WildAnswer } from './send-wild.js';
import type { WildCase, WildEvent } from './wild-case.js';

/** All in which an answer, and what was stored, are not as expected. */
export function compareWild({ expect }: WildCase, answer: WildAnswer, stored: readonly SeenMessage[]): string[] {
  const found: string[] = [];
  const hold = (holds: boolean, complaint: string) => void (holds || found.push(complaint));
  const said = `${answer.status} ${JSON.stringify(answer.body.slice(0, 300))}`;
  const status = expect.first_status ?? expect.status;
  if (status !== undefined) hold([status].flat().includes(answer.status), `expected ${JSON.stringify(status)}, got ${said}`);
  if (expect.statuses !== undefined)
    hold(String(answer.statuses) === String(expect.statuses), `expected ${expect.statuses.join()}, got ${answer.statuses.join()}`);
  if (expect.body_is !== undefined) hold(answer.body === expect.body_is, `expected ${JSON.stringify(expect.body_is)}, got ${said}`);
  if (expect.body_has !== undefined) hold(has(answer.body, expect.body_has), `expected ${JSON.stringify(expect.body_has)}, got ${said}`);
  for (const [name, value] of Object.entries(expect.header_is ?? {}))
    hold(answer.headers[name] === value, `expected ${name}: ${value}, got ${answer.headers[name]}`);
  const events = answer.status === 200 && expect.events_if_200 !== undefined ? expect.events_if_200 : (expect.events ?? []);
  hold(events.length === stored.length, `expected ${events.length} events, got ${stored.length}`);
  events.forEach((event, i) => found.push(...compareEvent(event, stored[i])));
  return found;
}

function has(body: string, expected: NonNullable<WildCase['expect']['body_has']>): boolean {
  return typeof expected === 'string' ? body.includes(expected) : new RegExp(expected.$re, expected.flags).test(body);
}

function compareEvent({ timestamp_near_now: near, ...expected }: WildEvent, message: SeenMessage | undefined): string[] {
  if (message === undefined) return [];
  const envelope = JSON.parse(message.value) as Record<string, unknown>;
  const seen: Record<string, unknown> = { ...envelope, route: message.route };
  const wrong = Object.entries(expected).filter(([name, value]) => seen[name] !== value);
  const found = wrong.map(([name, value]) => `expected ${name} ${JSON.stringify(value)}, got ${JSON.stringify(seen[name])}`);
  if (near !== undefined && Math.abs(Date.parse(String(seen.timestamp)) - Date.parse(String(seen.now))) > near)
    found.push(`expected a time near ${String(seen.now)}, got ${String(seen.timestamp)}`);
  return found;
}
