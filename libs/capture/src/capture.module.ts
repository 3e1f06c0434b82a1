import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import { AiEvents } from '@app/event';
import { AiLane } from './ai-lane.processor.js';
import { CaptureController } from './capture.controller.js';
import { CauseLinks } from './cause-links.js';
import { CaptureErrorFilter } from './capture-error.filter.js';
import { CaptureRoutes } from './capture-routes.js';
import { NormalizeEventsPipe } from './normalize-events.pipe.js';
import { StrictController } from './strict/strict.controller.js';
import { StrictGuard } from './strict/strict.guard.js';
import { NormalizeStrictPipe } from './strict/strict.pipe.js';

export interface CaptureOptions {
  /** Whether the analytics routes are served here, beside the endpoints of other rooms. */
  readonly servesRoutes: boolean;
  /** Where the pages about causes are; ends with a slash. */
  readonly docsUrl: string;
  /** Which events have the lane of AI events; undefined while it is off. */
  readonly aiEvents: AiEvents | undefined;
}

@Module({
  imports: [DiscoveryModule],
  // Global: errors of the decoding hook never reach a controller's own filters.
  providers: [NormalizeEventsPipe, NormalizeStrictPipe, StrictGuard, CaptureRoutes, { provide: APP_FILTER, useClass: CaptureErrorFilter }],
  exports: [CaptureRoutes],
})
export class CaptureModule {
  static forRoot({ servesRoutes, docsUrl, aiEvents }: CaptureOptions): DynamicModule {
    return {
      module: CaptureModule,
      controllers: servesRoutes ? [CaptureController, StrictController] : [],
      providers: [
        { provide: CauseLinks, useValue: new CauseLinks(docsUrl) },
        ...(aiEvents === undefined ? [] : [{ provide: AiEvents, useValue: aiEvents }, AiLane]),
      ],
    };
  }
}
