import { Module, type DynamicModule } from '@nestjs/common';
import { CONFIG_CLASSES } from './config-classes.js';
import type { Config } from './load-config.js';

/** Makes every room's configuration injectable by its class. */
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    const providers = CONFIG_CLASSES.map((configClass) => ({ provide: configClass, useValue: config.get(configClass) }));
    return { module: ConfigModule, global: true, providers, exports: CONFIG_CLASSES as (new () => object)[] };
  }
}
