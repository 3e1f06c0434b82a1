import { CaptureError } from '@app/event';

const MAX_PATH_CHARS = 1024;
/** What SDKs ask with is under two hundred. */
export const MAX_QUERY_CHARS = 8192;

const QUESTION = /^\/(?:flags|decide)\/?$/;
const CONFIGURATION = /^\/array\/([^/]+)(\/config(?:\.js)?\/?)$/;
/** Scripts have plain names. No dot at the beginning, no percent sign, no parameters: nothing that anybody resolves, now or once more behind us. */
const SCRIPT = /^\/static(?:\/[\w~@+-][\w.~@+-]*)+$/;
const VISIBLE = /^[!-~]+$/;
/** What separates or escapes, here or behind another round of decoding. */
const SEPARATOR = /[/\\%;?#]|^\.{1,2}$/;

/**
 * Where a request goes at the upstream: put together of what its route knows, never the target as it came. Dot segments,
 * encoded or not, backslashes, encoded or doubled slashes and fragments lead out of the route for one parser or another, so what
 * has any of them goes nowhere.
 *
 * @param base the upstream: origin and path, without a slash at its end
 * @param target the request's own, in origin form: `/flags/?v=2`. Of one in absolute form the edge has left path and query, and of several
 *   slashes one
 * @returns path and query to ask the upstream's origin for
 * @throws CaptureError `not_found` for whatever is not exactly one of the routes
 */
export function upstreamPath(base: URL, target: string): string {
  const at = target.indexOf('?');
  const path = at === -1 ? target : target.slice(0, at);
  const query = at === -1 || at === target.length - 1 ? '' : target.slice(at);
  const asked = path.length > MAX_PATH_CHARS || query.length > MAX_QUERY_CHARS + 1 ? undefined : routePath(path);
  if (asked === undefined) throw new CaptureError('not_found');
  const whole = `${base.pathname.replace(/\/+$/, '')}${asked}${query}`;
  if (!staysAsItIs(base.origin, whole)) throw new CaptureError('not_found');
  return whole;
}

function routePath(path: string): string | undefined {
  if (QUESTION.test(path) || SCRIPT.test(path)) return path;
  const [, sent = '', rest = ''] = CONFIGURATION.exec(path) ?? [];
  const token = decoded(sent);
  return VISIBLE.test(token) && !SEPARATOR.test(token) ? `/array/${encodeURIComponent(token)}${rest}` : undefined;
}

/** Also catches what has no place in a query: blanks, control characters, quotes, a fragment. */
function staysAsItIs(origin: string, whole: string): boolean {
  const url = URL.parse(origin + whole);
  return url !== null && url.origin === origin && url.pathname + url.search === whole;
}

/** Empty when it cannot be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
