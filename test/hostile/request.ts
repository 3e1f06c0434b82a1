import type { WireRequest } from '../corpus/runner.js';
import { BOUNDARY, encode, type Coding } from './body/codings.js';
import type { Part } from './body/parts.js';

export const STRICT = '/i/v1/analytics/events';
export const ROUTES = ['/e', '/batch', '/engage', '/s', '/i/v0/e', '/capture', '/track', STRICT, '/flags'] as const;
export type Route = (typeof ROUTES)[number];

const MIB = 1024 * 1024;
/** Bytes on the wire. */
export const wireLimit = (route: Route): number => (route === '/s' ? 25 : 20) * MIB;
/** Of a request's head, less what its other lines need. */
const LONGEST_QUERY = 60_000;

const HTTP_CODINGS: ReadonlySet<Coding> = new Set<Coding>(['gzip', 'deflate', 'br', 'zstd']);

export interface Recipe {
  readonly route: Route;
  readonly parts: readonly Part[];
  /** Innermost first. */
  readonly codings?: readonly Coding[];
  /** In the query instead of the body. */
  readonly isGet?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that reaches the stage it is meant for; undefined when it would be too large for its route. */
export async function requestOf({ route, parts, codings = [], isGet = false, headers = {} }: Recipe): Promise<WireRequest | undefined> {
  const body = await encode(parts, isGet ? [...codings, 'form'] : codings, isGet ? LONGEST_QUERY : wireLimit(route));
  if (body === undefined) return undefined;
  const hint = codings.includes('lz64') ? 'compression=lz64' : '';
  if (isGet) return { method: 'GET', url: `${route}?${body.toString('latin1')}${hint === '' ? '' : `&${hint}`}`, headers, body: undefined };
  return {
    method: 'POST',
    url: hint === '' ? route : `${route}?${hint}`,
    headers: { 'content-type': contentType(codings), ...contentEncoding(codings), ...(route === STRICT ? strictHead() : {}), ...headers },
    body,
  };
}

function contentType(codings: readonly Coding[]): string {
  if (codings.some((coding) => coding === 'form' || coding === 'form-raw')) return 'application/x-www-form-urlencoded';
  return codings.includes('multipart') ? `multipart/form-data; boundary=${BOUNDARY}` : 'application/json';
}

/** Only of the layers that lie outside of everything else. */
function contentEncoding(codings: readonly Coding[]): Record<string, string> {
  const outer = codings.slice(codings.findLastIndex((coding) => !HTTP_CODINGS.has(coding)) + 1);
  return outer.length === 0 ? {} : { 'content-encoding': outer.join(', ') };
}

export function strictHead(): Record<string, string> {
  return {
    authorization: 'Bearer phc_hostile',
    'user-agent': 'hostile-tests/1.0',
    'posthog-sdk-info': 'posthog-tests/1.0.0',
    'posthog-attempt': '1',
    'posthog-request-id': '01890a5d-ac96-774b-bcce-b302099a8057',
    'posthog-request-timestamp': new Date().toISOString(),
  };
}
