import type { LoggerService } from '@nestjs/common';
import type { Config } from './load-config.js';

/** What is to be said of the settings at the start, beside what stops it. */
export function tellSettings({ understood, warnings }: Pick<Config, 'understood' | 'warnings'>, logger: LoggerService): void {
  if (understood.length > 0) logger.log(`the environment is that of the newest capture, understood: ${understood.join(', ')}`, 'Config');
  for (const warning of warnings) logger.warn(warning, 'Config');
}
