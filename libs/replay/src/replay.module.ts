import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SnapshotGrouper } from '@app/capture';
import { ReplayController } from './replay.controller.js';
import { ReplayGrouper } from './replay-grouper.js';

export interface ReplayOptions {
  /** Whether /s is served here; recordings on other routes are taken either way. */
  readonly servesRoute: boolean;
}

/** Global: the capture room asks for its grouper without knowing this room. */
@Global()
@Module({})
export class ReplayModule {
  static forRoot({ servesRoute }: ReplayOptions): DynamicModule {
    return {
      module: ReplayModule,
      controllers: servesRoute ? [ReplayController] : [],
      providers: [{ provide: SnapshotGrouper, useClass: ReplayGrouper }],
      exports: [SnapshotGrouper],
    };
  }
}
