import type { LoggerService } from '@nestjs/common';
import { KafkaConfig } from '@app/kafka';
import { AI_LANE_HINT } from './ai-lane.js';
import type { Config } from './load-config.js';

/** What is to be said of the settings at the start, beside what stops it. */
export function tellSettings({ get, understood, warnings }: Omit<Config, 'ignored'>, logger: LoggerService): void {
  if (understood.length > 0) logger.log(`the environment is that of the newest capture, understood: ${understood.join(', ')}`, 'Config');
  // Only with Kafka, and where nobody has decided.
  if (get(KafkaConfig).aiLane === 'auto') logger.log(AI_LANE_HINT, 'Config');
  for (const warning of warnings) logger.warn(warning, 'Config');
}
