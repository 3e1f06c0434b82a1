import { Module, type DynamicModule } from '@nestjs/common';
import { RedisConnections } from './redis-connections.js';
import { OwnReads, SharedReads } from './shared-reads.js';

/** Global: several rooms have a source in Redis. Nothing is opened until one asks. */
@Module({})
export class RedisModule {
  /** @param reads how sources are read; each process by itself if not given */
  static forRoot(reads: SharedReads = new OwnReads()): DynamicModule {
    return {
      module: RedisModule,
      global: true,
      providers: [{ provide: SharedReads, useValue: reads }, RedisConnections],
      exports: [RedisConnections],
    };
  }
}
