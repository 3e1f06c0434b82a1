import { Global, Module, type DynamicModule } from '@nestjs/common';
import { SnapshotGrouper } from '@app/capture';
import { ReplayController } from './replay.controller.js';
import { REPLAY_OPTIONS, type ReplayOptions } from './replay-options.js';
import { ReplayGrouper } from './replay-grouper.js';

/** Global: the capture room asks for its grouper without knowing this room. */
@Global()
@Module({})
export class ReplayModule {
  static forRoot(options: ReplayOptions): DynamicModule {
    return {
      module: ReplayModule,
      controllers: options.servesRoute ? [ReplayController] : [],
      providers: [
        { provide: REPLAY_OPTIONS, useValue: options },
        { provide: SnapshotGrouper, useClass: ReplayGrouper },
      ],
      exports: [SnapshotGrouper],
    };
  }
}
