import { Module, type DynamicModule } from '@nestjs/common';
import { Clock, SystemClock } from '@app/event';
import { KafkaModule } from '@app/kafka';
import { OutageSpool, OutageSpoolModule, SpoolMetrics } from '@app/spool';
import { ConfigModule } from '../config/config.module.js';
import type { Config } from '../config/load-config.js';

/** Brokers that hang at the end hold up nobody: what they have not taken is still in the spool. */
const FLUSH_LIMIT_MS = 5000;

/** A gateway without a way in: the spool and its way to the brokers, the same parts as in the gateway. */
@Module({})
export class DrainModule {
  static forRoot(config: Config, metrics: SpoolMetrics): DynamicModule {
    return {
      module: DrainModule,
      global: true,
      imports: [
        ConfigModule.forRoot(config),
        KafkaModule.forRoot({ store: OutageSpool, imports: [OutageSpoolModule], flushLimitMs: FLUSH_LIMIT_MS }),
        OutageSpoolModule,
      ],
      providers: [
        { provide: Clock, useValue: new SystemClock() },
        { provide: SpoolMetrics, useValue: metrics },
      ],
      exports: [Clock, SpoolMetrics],
    };
  }
}
