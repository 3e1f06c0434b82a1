import { AdminConfig } from '@app/admin';
import { CanaryConfig } from '@app/canary';
import { CaptureConfig, StrictConfig } from '@app/capture';
import { ConnectionsConfig } from '@app/connections';
import { DecoderConfig } from '@app/decoder';
import { GlobalRateLimitConfig, OverflowConfig, QuotaConfig, RestrictionsConfig } from '@app/quota';
import { PrivacyConfig } from '@app/privacy';
import { RedisConfig } from '@app/redis';
import { KafkaConfig } from '@app/kafka';
import { SdkConfig } from '@app/sdk-config';
import { SpoolConfig } from '@app/spool';
import { TokenConfig } from '@app/token';
import { TracingConfig } from '@app/tracing';
import { HealthConfig } from '../health/health.config.js';
import { GatewayConfig } from './gateway.config.js';

export type ConfigClass = new () => object;

/** One class a room; the order is that of docs/settings.md. */
export const CONFIG_CLASSES: readonly ConfigClass[] = [
  GatewayConfig,
  ConnectionsConfig,
  DecoderConfig,
  CaptureConfig,
  StrictConfig,
  KafkaConfig,
  SdkConfig,
  SpoolConfig,
  RedisConfig,
  TokenConfig,
  PrivacyConfig,
  QuotaConfig,
  OverflowConfig,
  RestrictionsConfig,
  GlobalRateLimitConfig,
  AdminConfig,
  HealthConfig,
  TracingConfig,
  CanaryConfig,
];
