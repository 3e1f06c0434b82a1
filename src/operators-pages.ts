import { AdminListener } from '@app/admin';
import { MetricsPage } from '@app/metrics';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthPages, type HealthPage } from './health/health-pages.js';

const HEALTH: readonly (readonly [path: string, page: HealthPage])[] = [
  ['/_startup', 'startup'],
  ['/startupz', 'startup'],
  ['/_liveness', 'liveness'],
  ['/livez', 'liveness'],
  ['/_readiness', 'readiness'],
  ['/readyz', 'readiness'],
];

/** Probes and metrics: for orchestrators and scrapers, never for a page of another site. */
const ROUTES: ReadonlySet<string> = new Set([...HEALTH.map(([path]) => path), '/metrics']);

export function isForOperators(path: string): boolean {
  return ROUTES.has(path);
}

/** What the admin listener shows to operators in place of what the public one says to all. */
export function operatorsPages(app: NestFastifyApplication): void {
  const { pages } = app.get(AdminListener);
  const [health, metrics] = [app.get(HealthPages), app.get(MetricsPage)];
  for (const [path, page] of HEALTH) pages.set(path, () => health.detailOf(page));
  pages.set('/metrics', async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.read() }));
}
