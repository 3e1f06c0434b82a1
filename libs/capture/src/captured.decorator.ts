import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CaptureContext } from '@app/event';
import type { CaptureRequest } from './capture-request.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Made when the request was decoded; only on capture routes. */
    captureContext: CaptureContext | undefined;
  }
}

/** The decoded request, for a handler of a capture endpoint; with `NormalizeEventsPipe` its events. */
export const Captured = createParamDecorator((_: unknown, context: ExecutionContext): CaptureRequest => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { scanned, token, project, captureContext } = request;
  if (scanned === undefined || captureContext === undefined) throw new Error(`${request.url} is no capture route`);
  const { beacon } = request.query as Record<string, unknown>;
  const isImport = project?.historical === true && !captureContext.isHistorical;
  const capture = isImport ? { ...captureContext, isHistorical: true } : captureContext;
  return { payload: scanned, token, context: capture, origin: request.headers.origin, isBeacon: beacon === '1' || beacon === 'true' };
});
