import { applyDecorators, Controller, SetMetadata, UseGuards, UseInterceptors } from '@nestjs/common';
import { MetricsInterceptor } from '@app/metrics';
import { TokenGuard } from '@app/token';
import { FairShareGuard } from './fair-share.guard.js';

export const CAPTURE_ENDPOINT = 'inlet:capture-endpoint';

/**
 * A controller whose routes take capture payloads: decoding, the token check, metrics and error mapping come with it.
 * Its handlers take `@Captured()` and hand their events to `PipelineService.ingest`.
 */
export const CaptureEndpoint = (...paths: string[]): ClassDecorator =>
  applyDecorators(
    Controller(paths),
    SetMetadata(CAPTURE_ENDPOINT, paths),
    UseGuards(TokenGuard, FairShareGuard),
    UseInterceptors(MetricsInterceptor),
  );
