import type { Environment } from '@app/config';
import { DecoderConfig } from '@app/decoder';
import { KafkaConfig } from '@app/kafka';
import { GlobalRateLimitConfig, OverflowConfig } from '@app/quota';
import { SpoolConfig } from '@app/spool';
import { GatewayConfig } from '../config/gateway.config.js';
import type { Config } from '../config/load-config.js';

/**
 * The environment that one of `workers` processes is configured by: the whole one, with an nth of every limit that a
 * process keeps for itself, so that what the operator has set holds for all of them together. Shares of such a limit
 * (PROJECT_IN_FLIGHT_SHARE, SPOOL_PROJECT_SHARE) follow from it. The admin port is the primary's.
 */
export function shareOf(env: Environment, config: Config, workers: number): Environment {
  const { exportPrometheus, metricsPort } = config.get(GatewayConfig);
  const nth = (value: number) => String(Math.floor(value / workers));
  const own: Record<string, string | undefined> = {
    ...env,
    MAX_IN_FLIGHT_BYTES: nth(config.get(DecoderConfig).maxInFlightBytes),
    KAFKA_PRODUCER_QUEUE_MIB: nth(config.get(KafkaConfig).queueMib),
    SPOOL_MAX_BYTES: nth(config.get(SpoolConfig).spoolMaxBytes),
    OVERFLOW_PER_SECOND_LIMIT: String(Number((config.get(OverflowConfig).perSecond / workers).toFixed(6))),
    // One event at a time is the least that a rate can be, and OVERFLOW_BURST_LIMIT=1 is a way to say so.
    OVERFLOW_BURST_LIMIT: String(Math.max(1, Math.floor(config.get(OverflowConfig).burst / workers))),
    OVERFLOW_MAX_KEYS: nth(config.get(OverflowConfig).maxKeys),
    GLOBAL_RATE_LIMIT_TOKEN_DISTINCTID_LOCAL_CACHE_MAX_ENTRIES: nth(config.get(GlobalRateLimitConfig).maxKeys),
    ADMIN_PORT: undefined,
    // A listener for metrics too.
    METRICS_PORT: undefined,
    EXPORT_PROMETHEUS: String(exportPrometheus && metricsPort === 'public'),
  };
  // Complained of once, by the primary.
  for (const name of config.ignored) delete own[name];
  return own;
}
