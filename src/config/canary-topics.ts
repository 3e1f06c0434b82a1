import { CanaryConfig } from '@app/canary';
import type { ConfiguredTopic } from '@app/kafka';
import type { Config } from './load-config.js';

/** Beside those of the routes: looked for at boot and by the doctor. */
export function canaryTopics(config: Pick<Config, 'get'>): ConfiguredTopic[] {
  const { isEnabled, topic } = config.get(CanaryConfig);
  return isEnabled ? [{ topic, variable: 'CANARY_TOPIC' }] : [];
}
