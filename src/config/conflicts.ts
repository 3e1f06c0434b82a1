import { AdminConfig } from '@app/admin';
import { CanaryConfig } from '@app/canary';
import { KafkaConfig, topicsByRoute } from '@app/kafka';
import { SpoolConfig } from '@app/spool';
import type { ConfigClass } from './config-classes.js';
import { GatewayConfig } from './gateway.config.js';

/** What is wrong with settings of several rooms together, one line each. */
export function conflicts(get: <T extends object>(configClass: (new () => T) & ConfigClass) => T): string[] {
  return [
    ...brokers(get(GatewayConfig), get(KafkaConfig)),
    ...canaryTopic(get(CanaryConfig), get(KafkaConfig)),
    ...deletion(get(SpoolConfig)),
    ...metricsPort(get(GatewayConfig), get(AdminConfig)),
  ];
}

function brokers({ output }: GatewayConfig, { hosts }: KafkaConfig): string[] {
  return output === 'kafka' && hosts.length === 0 ? ['OUTPUT=kafka: no broker is named; set KAFKA_HOSTS=host:port'] : [];
}

/** One says that nothing is deleted, the other one what is. */
function deletion({ embeddedFull, embeddedRetentionBytes, embeddedRetentionHours }: SpoolConfig): string[] {
  if (embeddedFull !== 'refuse') return [];
  const names = [
    embeddedRetentionBytes !== undefined && 'EMBEDDED_LOG_RETENTION_BYTES',
    embeddedRetentionHours !== undefined && 'EMBEDDED_LOG_RETENTION_HOURS',
  ].filter((name) => name !== false);
  if (names.length === 0) return [];
  return [`EMBEDDED_LOG_FULL=refuse: it deletes nothing, but ${names.join(' and ')} would; unset one of them`];
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
