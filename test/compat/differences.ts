import type { WireAnswer } from '../corpus/runner.js';

/** Headers by which SDKs and browsers decide. */
const HEADERS = ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-allow-headers'];

/**
 * In what two answers differ that their receiver could notice. Refusals of one status with the same beginning are alike:
 * what follows the colon is for people. A retry-after is the endpoint's own business.
 */
export function differences(first: WireAnswer, second: WireAnswer): string[] {
  const found: string[] = [];
  if (first.status !== second.status)
    found.push(`status: ${first.status} (${brief(first.body)}), the other ${second.status} (${brief(second.body)})`);
  else if (!alike(first, second)) found.push(`body: ${brief(first.body)}, the other ${brief(second.body)}`);
  for (const name of HEADERS)
    if (first.headers[name] !== second.headers[name])
      found.push(`${name}: ${first.headers[name] ?? '(none)'}, the other ${second.headers[name] ?? '(none)'}`);
  return found;
}

function alike({ status, body }: WireAnswer, { body: other }: WireAnswer): boolean {
  if (body === other) return true;
  const [parsed, otherParsed] = [parse(body), parse(other)];
  if (parsed !== undefined && otherParsed !== undefined) return canonical(parsed) === canonical(otherParsed);
  return status >= 400 && beginning(body) === beginning(other);
}

function beginning(text: string): string {
  return text.split(':', 1)[0].trim();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function brief(text: string): string {
  return text === '' ? 'empty' : JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
