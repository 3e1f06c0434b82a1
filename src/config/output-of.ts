import type { Environment } from '@app/config';
import type { GatewayConfig } from './gateway.config.js';
import { isNewestManifest } from './posthog-names.js';

/** Where events go: to Kafka where nobody says and brokers are named, if only in the way of the newest capture. */
export function outputOf(env: Environment): GatewayConfig['output'] {
  const isKafka = env.OUTPUT ? env.OUTPUT === 'kafka' : Boolean(env.KAFKA_HOSTS) || isNewestManifest(env);
  return isKafka ? 'kafka' : 'embedded';
}
