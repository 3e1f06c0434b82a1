import { Module, type DynamicModule } from '@nestjs/common';
import { CanaryMark } from './canary-mark.js';
import { CanaryWatch } from './canary-watch.js';
import { CanaryController } from './canary.controller.js';
import { CANARY_PREFIX, CanarySender } from './canary.sender.js';
import { CanarySink } from './canary.sink.js';
import { DrainListener } from './drain-listener.js';

export interface CanaryOptions {
  readonly isEnabled: boolean;
  /** Under which the public listener offers its routes. */
  readonly pathPrefix: string;
}

/** Nothing at all unless it is enabled. Needs `CanaryConfig`, `Clock`, `CanaryOutput` and the metrics from global modules. */
@Module({})
export class CanaryModule {
  static forRoot({ isEnabled, pathPrefix }: CanaryOptions): DynamicModule {
    if (!isEnabled) return { module: CanaryModule };
    return {
      module: CanaryModule,
      controllers: [CanaryController],
      providers: [CanaryMark, CanaryWatch, CanarySink, DrainListener, CanarySender, { provide: CANARY_PREFIX, useValue: pathPrefix }],
    };
  }
}
