import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { storedId } from './decode-request.ts';
import { instant } from './event-time.ts';
import type { FoundEvent } from './reconcile.ts';
import { edited, exactText, parseExactly } from './source-json.ts';

export const KNOWN_SET = join(import.meta.dirname, '../known-set.json');
const MANY = 30;
const CLOCK_MS = 10_000;
/** The gateway takes later ones for a broken clock. */
const FUTURE_MS = 23 * 3_600_000;

interface Known {
  readonly event: string;
  readonly distinct_id: string;
  readonly uuid?: string;
  readonly timestamp?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** How a client takes what a user gives it. */
export interface KnownSetRules {
  /** Marks that this client can't send, beside those it is never given. */
  readonly skips?: readonly string[];
  /** Marks that the gateway is right to refuse. */
  readonly refused?: readonly string[];
  /** Marks beside the known set that its driver sends. */
  readonly extra?: readonly string[];
  readonly takesTime: boolean;
  readonly takesUuid: boolean;
  /** In a browser there is one visitor. */
  readonly takesDistinctId?: boolean;
  /** Names of events that the SDK makes itself. */
  readonly events?: readonly string[];
  /** JavaScript has doubles only. */
  readonly hasDoubles?: boolean;
  /** How often each arrives; more than once only where the SDK itself sends it so. */
  readonly copies?: number;
}

/** Whether what the user gave to the SDK is what stands in the topics, whatever went over the wire. */
export function checkKnownSet(found: readonly FoundEvent[], rules: KnownSetRules): string[] {
  const known = parseExactly(readFileSync(KNOWN_SET, 'utf8')) as Known[];
  const byMark = Map.groupBy(found, ({ data }) => String((data.properties as Record<string, unknown> | undefined)?.mark));
  const many = Array.from({ length: MANY }, (_, i) => `m-${i}`);
  const marks = [...known.map(({ properties }) => String(properties.mark)), ...many, ...(rules.extra ?? [])];
  const problems: string[] = [];
  for (const mark of marks) {
    const count = byMark.get(mark)?.length ?? 0;
    const wanted = rules.skips?.includes(mark) || rules.refused?.includes(mark) ? 0 : (rules.copies ?? 1);
    if (count !== wanted) problems.push(`${mark} was found ${count} times, not ${wanted}`);
  }
  const names = new Set(found.map(({ envelope }) => envelope.event));
  for (const name of rules.events ?? []) if (!names.has(name)) problems.push(`no ${name} was found`);
  for (const each of known) {
    for (const message of byMark.get(String(each.properties.mark)) ?? []) problems.push(...compare(each, message, rules));
  }
  return problems;
}

function compare(known: Known, { envelope, data }: FoundEvent, rules: KnownSetRules): string[] {
  const problems: string[] = [];
  const expect = (what: string, is: unknown, should: unknown) => {
    if (is !== should) problems.push(`${known.event}: ${what} is ${String(is)}, not ${String(should)}`);
  };
  expect('event', envelope.event, known.event);
  if (rules.takesDistinctId !== false) expect('distinct_id', envelope.distinct_id, storedId(known.distinct_id));
  if (rules.takesUuid && known.uuid) expect('uuid', envelope.uuid, known.uuid);

  const now = Date.parse(String(envelope.now));
  const given = known.timestamp === undefined || !rules.takesTime ? now : instant(known.timestamp);
  const should = given > now + FUTURE_MS ? now : given;
  if (Math.abs(Date.parse(String(envelope.timestamp)) - should) > CLOCK_MS) expect('timestamp', envelope.timestamp, new Date(should));

  const properties = data.properties as Record<string, unknown>;
  for (const [key, value] of Object.entries(known.properties)) {
    const [is, wanted] = [properties[key], edited(value)].map((side) => comparable(side, rules.hasDoubles === true));
    expect(key, is, wanted);
  }
  return problems;
}

/** SDKs may write a number another way, and leave nulls out; neither is the gateway's doing. */
function comparable(value: unknown, hasDoubles: boolean): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (JSON.isRawJSON(value)) {
    const text = exactText(value);
    return !hasDoubles && /^-?\d+$/.test(text) ? text : String(Number(text));
  }
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => comparable(item, hasDoubles)).join()}]`;
  const members = Object.entries(value).map(([key, member]) => [key, comparable(member, hasDoubles)]);
  return `{${members
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${JSON.stringify(key)}:${member}`)
    .toSorted()
    .join()}}`;
}
