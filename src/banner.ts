import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SpoolConfig } from '@app/spool';
import { GatewayConfig } from './config/gateway.config.js';

/** What a newcomer needs next: where it listens, a request to try, where events go. */
export function banner(listening: string, app: NestFastifyApplication): string {
  const url = listening.replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost');
  return [
    '',
    `Inlet listens on ${url}`,
    `  try:     curl -X POST ${url}/i/v0/e/ -H 'content-type: application/json' -d '{"api_key":"phc_try","event":"hello","distinct_id":"me"}'`,
    `  events:  ${destination(app)}`,
    '',
  ].join('\n');
}

function destination(app: NestFastifyApplication): string {
  if (app.get(GatewayConfig).output === 'kafka') return 'Kafka';
  return `${app.get(SpoolConfig).dataDir}/log on this disk; npm run tail -- --follow shows them`;
}
