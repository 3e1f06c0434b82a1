import { applyDecorators, Controller, SetMetadata, UseGuards, UseInterceptors } from '@nestjs/common';
import { GUARDS_METADATA, INTERCEPTORS_METADATA } from '@nestjs/common/internal';
import { MetricsInterceptor } from '@app/metrics';
import { TokenGuard } from '@app/token';
import { FairShareGuard } from './fair-share.guard.js';

export const CAPTURE_ENDPOINT = 'inlet:capture-endpoint';

/** A controller whose routes take capture payloads: they are decoded, and that is all. For what asks for no project's token. */
export const DecodedEndpoint = (...paths: string[]): ClassDecorator =>
  applyDecorators(Controller(paths), SetMetadata(CAPTURE_ENDPOINT, paths));

/**
 * A controller whose routes take capture payloads: decoding, the token check, metrics and error mapping come with it.
 * Its handlers take `@Captured()` and hand their events to `PipelineService.ingest`.
 */
export const CaptureEndpoint = (...paths: string[]): ClassDecorator =>
  applyDecorators(withoutInherited, DecodedEndpoint(...paths), UseGuards(TokenGuard, FairShareGuard), UseInterceptors(MetricsInterceptor));

/**
 * Nest adds a class's guards to those of the class that it extends. Twice the same guard on the routes of a controller that
 * extends another one took a project's share of the bytes in flight twice, and gave it back once.
 */
const withoutInherited: ClassDecorator = (controller) => {
  for (const key of [GUARDS_METADATA, INTERCEPTORS_METADATA]) Reflect.defineMetadata(key, [], controller);
};
