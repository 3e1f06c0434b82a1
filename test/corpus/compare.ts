import type { CorpusCase, ExpectedMessage, SeenMessage, WireAnswer } from './corpus-case.js';
import { sentEvents } from './build-request.js';
import { mismatches, show, type MatchScope } from './match.js';

const NO_SCOPE: MatchScope = { now: Number.NaN, timestamp: Number.NaN };
const ENVELOPE_FIELDS = [
  'uuid',
  'distinct_id',
  'ip',
  'data',
  'now',
  'sent_at',
  'token',
  'event',
  'timestamp',
  'is_cookieless_mode',
  'historical_migration',
];

/** Everything in which a gateway's answer and messages differ from what a case expects; empty when the case passes. */
export function compareCase(corpusCase: CorpusCase, answer: WireAnswer, messages: readonly SeenMessage[]): string[] {
  const expected = corpusCase.expect;
  if (expected === undefined) return ['the case expects nothing'];
  return [...compareAnswer(corpusCase, answer), ...compareMessages(corpusCase, expected.messages ?? [], messages)];
}

/** What of that the answer alone shows: all there is where nobody can look into the topics. */
export function compareAnswer({ request, expect: expected }: CorpusCase, answer: WireAnswer): string[] {
  if (expected === undefined) return ['the case expects nothing'];
  const refusalType = request?.path.startsWith('/i/v1/') === true ? 'application/json' : 'text/plain';
  const found = mismatches(expected.headers ?? {}, answer.headers, 'answer.headers', 'subset', NO_SCOPE);
  if (answer.status !== expected.status)
    found.unshift(`answer.status: expected ${expected.status}, got ${answer.status} ${show(answer.body)}`);
  if (answer.status >= 400 && !answer.headers['content-type']?.startsWith(refusalType)) {
    found.push(`answer.headers.content-type: a refusal is ${refusalType}, got ${show(answer.headers['content-type'])}`);
  }
  return [...found, ...compareBody(expected.body, answer.body)];
}

function compareBody(expected: unknown, actual: string): string[] {
  if (expected === undefined) return [];
  if (typeof expected === 'string') return mismatches(expected, actual, 'answer.body', 'exact', NO_SCOPE);
  const { prefix } = expected as { prefix?: string };
  if (prefix !== undefined)
    return actual.startsWith(prefix) ? [] : [`answer.body: expected it to begin ${show(prefix)}, got ${show(actual)}`];
  const parsed = parse(actual);
  return parsed === undefined
    ? [`answer.body: expected JSON, got ${show(actual)}`]
    : mismatches(expected, parsed, 'answer.body', 'exact', NO_SCOPE);
}

/** Order holds within a route; between topics there is none. */
function compareMessages(corpusCase: CorpusCase, expected: readonly ExpectedMessage[], seen: readonly SeenMessage[]): string[] {
  const routes = new Set([...expected.map(routeOf), ...seen.map(({ route }) => route)]);
  const sent = corpusCase.request ? sentEvents(corpusCase.request) : [];
  return [...routes].flatMap((route) => {
    const wanted = expected.filter((message) => routeOf(message) === route);
    const got = seen.filter((message) => message.route === route);
    const count = wanted.length === got.length ? [] : [`messages on ${route}: expected ${wanted.length}, got ${got.length}`];
    return [
      ...count,
      ...got.slice(0, wanted.length).flatMap((message, i) => compareMessage(wanted[i] ?? {}, message, `${route}[${i}]`, sent)),
    ];
  });
}

const routeOf = ({ route }: ExpectedMessage): string => route ?? 'main';

function compareMessage(expected: ExpectedMessage, seen: SeenMessage, at: string, sent: readonly string[]): string[] {
  const envelope = parse(seen.value) as Record<string, unknown> | undefined;
  if (envelope === undefined) return [`${at}: the envelope is not JSON: ${show(seen.value)}`];
  const scope = { now: Date.parse(String(envelope.now)), timestamp: Date.parse(String(envelope.timestamp)) };
  const key = expected.key === undefined ? `${String(envelope.token)}:${String(envelope.distinct_id)}` : expected.key;
  return [
    ...mismatches(key, seen.key, `${at}.key`, 'exact', scope),
    ...mismatches(expected.headers ?? {}, seen.headers, `${at}.headers`, 'subset', scope),
    ...mismatches(expected.envelope ?? {}, envelope, `${at}.envelope`, 'subset', scope),
    ...inconsistencies(envelope, seen, at, scope),
    ...compareData(expected.data ?? {}, String(envelope.data), at, sent, scope),
  ];
}

/** What holds for every message whatever the case says: fields and their order, headers that repeat the envelope. */
function inconsistencies(envelope: Record<string, unknown>, { headers }: SeenMessage, at: string, scope: MatchScope): string[] {
  const fields = Object.keys(envelope);
  const order = ENVELOPE_FIELDS.filter((field) => fields.includes(field));
  const repeated = {
    token: envelope.token,
    distinct_id: envelope.distinct_id,
    event: envelope.event,
    uuid: envelope.uuid,
    now: envelope.now,
    timestamp: String(scope.timestamp),
    historical_migration: envelope.historical_migration === true ? 'true' : { $absent: true },
  };
  return [
    ...mismatches(order, fields, `${at}.envelope (fields)`, 'exact', scope),
    ...mismatches(repeated, headers, `${at}.headers`, 'subset', scope),
  ];
}

function compareData(
  expected: NonNullable<ExpectedMessage['data']>,
  data: string,
  at: string,
  sent: readonly string[],
  scope: MatchScope,
): string[] {
  const parsed = parse(data);
  if (parsed === undefined) return [`${at}.data is not JSON: ${show(data)}`];
  return [
    ...('equals' in expected ? mismatches(expected.equals, parsed, `${at}.data`, 'exact', scope) : []),
    ...(expected.contains ? mismatches(expected.contains, parsed, `${at}.data`, 'subset', scope) : []),
    ...(expected.raw === undefined ? [] : mismatches(expected.raw, data, `${at}.data (text)`, 'exact', scope)),
    ...(expected.sent === undefined ? [] : mismatches(sent[expected.sent], data, `${at}.data (as sent)`, 'exact', scope)),
  ];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
