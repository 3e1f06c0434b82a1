import { AdminConfig } from '@app/admin';
import { CanaryConfig } from '@app/canary';
import { KafkaConfig, topicsByRoute } from '@app/kafka';
import type { ConfigClass } from './config-classes.js';
import { GatewayConfig } from './gateway.config.js';

/** What is wrong with settings of several rooms together, one line each. */
export function conflicts(get: <T extends object>(configClass: (new () => T) & ConfigClass) => T): string[] {
  return [...canaryTopic(get(CanaryConfig), get(KafkaConfig)), ...metricsPort(get(GatewayConfig), get(AdminConfig))];
}

function canaryTopic({ isEnabled, topic }: CanaryConfig, kafka: KafkaConfig): string[] {
  const other = Object.values(topicsByRoute(kafka)).find((one) => one.topic === topic);
  return isEnabled && other !== undefined ? [`CANARY_TOPIC=${topic}: it is ${other.variable} as well, and must be a topic of its own`] : [];
}

function metricsPort({ metricsPort: where, port, exportPrometheus }: GatewayConfig, admin: AdminConfig): string[] {
  if (!exportPrometheus) return [];
  if (where === 'admin' && admin.port === undefined) return ['METRICS_PORT=admin: it needs ADMIN_PORT'];
  if (where === '0') return [];
  if (where === String(port)) return [`METRICS_PORT=${where}: it is PORT as well; \`public\` serves /metrics there`];
  if (where === String(admin.port)) return [`METRICS_PORT=${where}: it is ADMIN_PORT as well; \`admin\` serves /metrics there`];
  return [];
}
