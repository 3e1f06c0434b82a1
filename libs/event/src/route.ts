/**
 * The lanes an event can leave by. Only the Kafka sink knows which topic a route becomes; the embedded log
 * stores the route's name. A product team adds a route by naming it in `@Processor({ routes: ['audit'] })`
 * and serving it with `@Sink({ routes: ['audit'] })`.
 */
export const CORE_ROUTES = [
  'main',
  'overflow',
  'historical',
  'exceptions',
  'heatmaps',
  'warnings',
  'dlq',
  'custom',
  'ai',
  'ai_overflow',
  'replay',
  'replay_overflow',
] as const;

export type CoreRoute = (typeof CORE_ROUTES)[number];
export type Route = CoreRoute | (string & {});
