import { SpoolConfig } from '@app/spool';
import { GatewayConfig } from './config/gateway.config.js';
import type { Config } from './config/load-config.js';

/** What a newcomer needs next: where it listens, a request to try, where events go. */
export function banner(listening: string, config: Config, workers = 1): string {
  const url = listening.replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost');
  return [
    '',
    `Inlet listens on ${url}${workers > 1 ? ` with ${workers} workers` : ''}`,
    `  try:     curl -X POST ${url}/i/v0/e/ -H 'content-type: application/json' -d '{"api_key":"phc_try","event":"hello","distinct_id":"me"}'`,
    `  events:  ${destination(config)}`,
    '',
  ].join('\n');
}

function destination(config: Config): string {
  if (config.get(GatewayConfig).output === 'kafka') return 'Kafka';
  return `${config.get(SpoolConfig).dataDir}/log on this disk; npm run tail -- --follow shows them`;
}
