import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { isoTime, type CaptureContext } from '@app/event';
import type { FastifyRequest } from 'fastify';
import type { StrictRequest } from './normalize-strict.js';
import { libraryMembers } from './strict-event.js';

/** Whose address is nobody's: events of the service itself. */
const INTERNAL_IP = '127.0.0.1';

/** The decoded request of the strict endpoint; with `NormalizeStrictPipe` its events. */
export const StrictCaptured = createParamDecorator((_: unknown, execution: ExecutionContext): StrictRequest => {
  const {
    strictHeaders,
    strictBatch: batch,
    captureContext,
    token,
    project,
    headers,
    url,
  } = execution.switchToHttp().getRequest<FastifyRequest>();
  if (strictHeaders === undefined || batch === undefined || captureContext === undefined)
    throw new Error(`${url} is not the strict endpoint`);
  const context: CaptureContext = {
    ...captureContext,
    ip: batch.isInternal ? INTERNAL_IP : captureContext.ip,
    sentAt: strictHeaders.sentAt,
    sentAtText: isoTime(strictHeaders.sentAt),
    isHistorical: batch.isHistorical || project?.historical === true,
  };
  return { batch, token, context, library: libraryMembers(strictHeaders.library), origin: headers.origin };
});
