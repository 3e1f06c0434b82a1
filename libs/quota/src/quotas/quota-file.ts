import { RESOURCES, type Resource } from '@app/event';
import { parse } from 'yaml';

export interface QuotaFile {
  readonly limits: ReadonlyMap<Resource, ReadonlyMap<string, number>>;
  /** What could not be used, each with its place. */
  readonly problems: readonly string[];
}

/**
 * Reads limited tokens from JSON or YAML: under each resource a list of tokens (limited until the file says otherwise) or
 * a map of tokens to until when: Unix seconds, a date, or `true`.
 *
 *     events: { phc_abc: 2027-01-01T00:00:00Z }
 *     recordings: [phc_abc]
 *
 * @throws when the text as a whole is neither
 */
export function parseQuotaFile(text: string): QuotaFile {
  const whole: unknown = parse(text) ?? {};
  if (typeof whole !== 'object' || Array.isArray(whole)) throw new Error('FILE must hold a map of resources');
  const problems: string[] = [];
  const limits = new Map<Resource, ReadonlyMap<string, number>>();
  for (const [resource, tokens] of Object.entries(whole as object)) {
    if (isResource(resource)) limits.set(resource, tokensOf(tokens, resource, problems));
    else problems.push(`no resource is called as key ${problems.length + 1} says (${RESOURCES.join(', ')})`);
  }
  return { limits, problems };
}

function tokensOf(value: unknown, resource: Resource, problems: string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
    ? value.map((token: unknown) => [token, true] as const)
    : Object.entries(value ?? {});
  entries.forEach(([token, until], i) => {
    const seconds = secondsOf(until);
    if (typeof token !== 'string' || seconds === undefined) problems.push(`${resource}, entry ${i + 1} is no token with a time`);
    else found.set(token, seconds);
  });
  return found;
}

function secondsOf(until: unknown): number | undefined {
  if (until === true) return Number.POSITIVE_INFINITY;
  if (typeof until === 'number') return until;
  if (typeof until !== 'string' && !(until instanceof Date)) return undefined;
  const ms = new Date(until).getTime();
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

function isResource(text: string): text is Resource {
  return (RESOURCES as readonly string[]).includes(text);
}
