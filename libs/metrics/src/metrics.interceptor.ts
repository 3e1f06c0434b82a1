import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CaptureMetrics } from './capture-metrics.js';

/**
 * Meters what passed the guards. The only interceptor on the capture routes: each costs about as much CPU as half of
 * Fastify. It never sees what guards or decoding refused: the error filter counts those.
 */
@Injectable()
export class MetricsInterceptor implements NestInterceptor {
  constructor(private readonly metrics: CaptureMetrics) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    const http = context.switchToHttp();
    const { scanned } = http.getRequest<FastifyRequest>();
    if (scanned !== undefined) this.metrics.batchSize(scanned.events.length);
    // Nest's default for POST is 201, which SDKs take for a failure and send again.
    const reply = http.getResponse<FastifyReply>();
    if (reply.statusCode === 201) reply.status(200);
    return next.handle();
  }
}
