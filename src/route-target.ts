/**
 * A request's target as the routes know it: one slash wherever there are several (a host that was configured with a slash at its end,
 * `proxy_pass` with one), and without the prefix, which may be there or not: probes come without it, and some reverse proxies take it off
 * themselves. The query stays as it is.
 *
 * @param target in origin form
 */
export function routeTarget(target: string, prefix: string): string {
  return withoutPrefix(withSingleSlashes(target), prefix);
}

function withSingleSlashes(target: string): string {
  const doubled = target.indexOf('//');
  if (doubled === -1) return target;
  const query = target.indexOf('?');
  if (query === -1) return target.replaceAll(/\/{2,}/g, '/');
  if (query < doubled) return target;
  return target.slice(0, query).replaceAll(/\/{2,}/g, '/') + target.slice(query);
}

function withoutPrefix(target: string, prefix: string): string {
  if (prefix === '' || !target.startsWith(prefix)) return target;
  const rest = target.slice(prefix.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : target;
}
