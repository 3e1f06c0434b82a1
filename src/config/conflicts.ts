import { CanaryConfig } from '@app/canary';
import { KafkaConfig, topicsByRoute } from '@app/kafka';
import type { ConfigClass } from './config-classes.js';

/** What is wrong with settings of several rooms together, one line each. */
export function conflicts(get: <T extends object>(configClass: (new () => T) & ConfigClass) => T): string[] {
  const { isEnabled, topic } = get(CanaryConfig);
  const other = Object.values(topicsByRoute(get(KafkaConfig))).find((one) => one.topic === topic);
  return isEnabled && other !== undefined ? [`CANARY_TOPIC=${topic}: it is ${other.variable} as well, and must be a topic of its own`] : [];
}
