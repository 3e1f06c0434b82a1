/** Finds where `actual` is not as expected: one line a place, empty when it matches. */
export interface MatchScope {
  /** The envelope's `now`, Unix ms: what `$now` and `$nowMs` count from. */
  readonly now: number;
  /** The envelope's `timestamp`, Unix ms: what a generated uuid is seeded with. */
  readonly timestamp: number;
}

type Matcher = (argument: never, actual: unknown, scope: MatchScope) => boolean;

/** Objects with one key of these stand for a rule instead of a value. */
const MATCHERS: Readonly<Record<string, Matcher>> = {
  $any: (_: unknown, actual) => actual !== undefined,
  $absent: (_: unknown, actual) => actual === undefined,
  $match: (pattern: string, actual) => new RegExp(pattern, 'u').test(String(actual)),
  /** RFC 3339, that many ms from the message's own `now`. */
  $now: (shift: number, actual, { now }) => Date.parse(String(actual)) === now + shift,
  $nowMs: (shift: number, actual, { now }) => Number(actual) === now + shift,
  /** A version 7 uuid whose time is the event's (not before 1970). */
  $uuid7: (_: unknown, actual, { timestamp }) =>
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(String(actual)) &&
    Number.parseInt(String(actual).replaceAll('-', '').slice(0, 12), 16) === Math.max(0, timestamp),
};

export type Extent = 'exact' | 'subset';

export function mismatches(expected: unknown, actual: unknown, at: string, extent: Extent, scope: MatchScope): string[] {
  const rule = ruleOf(expected);
  if (rule !== undefined) {
    return rule.holds(actual, scope) ? [] : [`${at}: expected ${JSON.stringify(expected)}, got ${show(actual)}`];
  }
  if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null) {
    return Object.is(expected, actual) ? [] : [`${at}: expected ${show(expected)}, got ${show(actual)}`];
  }
  if (Array.isArray(expected) !== Array.isArray(actual)) return [`${at}: expected ${show(expected)}, got ${show(actual)}`];
  const keys = new Set([...Object.keys(expected), ...(extent === 'exact' || Array.isArray(expected) ? Object.keys(actual) : [])]);
  const field = (value: object, key: string): unknown => (Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined);
  return [...keys].flatMap((key) => mismatches(field(expected, key), field(actual, key), `${at}.${key}`, extent, scope));
}

function ruleOf(expected: unknown): { holds: (actual: unknown, scope: MatchScope) => boolean } | undefined {
  if (typeof expected !== 'object' || expected === null) return undefined;
  const entries = Object.entries(expected);
  const [name, argument] = entries[0] ?? [];
  const matcher = entries.length === 1 && name !== undefined && Object.hasOwn(MATCHERS, name) ? MATCHERS[name] : undefined;
  return matcher && { holds: (actual, scope) => matcher(argument as never, actual, scope) };
}

/** Short enough for a terminal: a body can have megabytes. */
export function show(value: unknown): string {
  const text = value === undefined ? '(absent)' : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
