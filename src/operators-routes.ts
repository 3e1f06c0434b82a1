/** Probes and metrics: for orchestrators and scrapers, never for a page of another site. */
const ROUTES: ReadonlySet<string> = new Set(['/_startup', '/startupz', '/_liveness', '/livez', '/_readiness', '/readyz', '/metrics']);

export function isForOperators(path: string): boolean {
  return ROUTES.has(path);
}
