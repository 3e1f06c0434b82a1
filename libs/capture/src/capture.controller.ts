import { Get, HttpCode, Options, Post, Res } from '@nestjs/common';
import { PipelineService } from '@app/pipeline';
import type { FastifyReply } from 'fastify';
import { CaptureEndpoint } from './capture-endpoint.js';
import { Captured } from './captured.decorator.js';
import type { NormalizedRequest } from './normalize-events.js';
import { NormalizeEventsPipe } from './normalize-events.pipe.js';
import { replyTo } from './reply.js';

/** Every path an analytics SDK has ever sent to; a trailing slash makes no difference. */
@CaptureEndpoint('e', 'capture', 'track', 'engage', 'batch', 'i/v0/e', 'i/v0/ai/batch')
export class CaptureController {
  constructor(private readonly pipeline: PipelineService) {}

  @Post()
  @HttpCode(200)
  post(@Captured(NormalizeEventsPipe) normalized: NormalizedRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.capture(normalized, reply);
  }

  /** The payload is in `?data=`. */
  @Get()
  get(@Captured(NormalizeEventsPipe) normalized: NormalizedRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.capture(normalized, reply);
  }

  /** Without Origin it is no preflight: the CORS plugin answers those before they come here. */
  @Options()
  @HttpCode(200)
  options() {
    return { status: 'Ok' };
  }

  private async capture(normalized: NormalizedRequest, reply: FastifyReply) {
    const { request, events, dropped } = normalized;
    const ingestion = await this.pipeline.ingest(events, request.context, dropped);
    return replyTo(ingestion, normalized, reply);
  }
}
