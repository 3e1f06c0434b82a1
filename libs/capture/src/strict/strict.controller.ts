import { Controller, HttpCode, Options, Post, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { MetricsInterceptor } from '@app/metrics';
import { PipelineService } from '@app/pipeline';
import type { FastifyReply } from 'fastify';
import { FairShareGuard } from '../fair-share.guard.js';
import type { NormalizedStrict } from './normalize-strict.js';
import { StrictCaptured } from './strict-captured.decorator.js';
import { StrictGuard } from './strict.guard.js';
import { NormalizeStrictPipe } from './strict.pipe.js';
import { STRICT_PATHS } from './strict.plugin.js';
import { resultsOf, weakestAck, type StrictResults } from './strict-reply.js';

/** The protocol in which each event has its own result, and only what was not stored is sent again. */
@Controller(STRICT_PATHS)
@UseGuards(StrictGuard, FairShareGuard)
@UseInterceptors(MetricsInterceptor)
export class StrictController {
  constructor(private readonly pipeline: PipelineService) {}

  @Post()
  @HttpCode(200)
  async post(
    @StrictCaptured(NormalizeStrictPipe) { request, events, dropped }: NormalizedStrict,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ results: StrictResults }> {
    const fates = await this.pipeline.ingestEach(events, request.context, dropped);
    const ack = weakestAck(fates.values());
    if (ack !== undefined) reply.header('inlet-ack', ack);
    const results = resultsOf(fates, request.batch);
    if (Object.values(results).some(({ result }) => result === 'retry')) reply.header('retry-after', '1');
    return { results };
  }

  /** Without Origin it is no preflight: the CORS plugin answers those before they come here. */
  @Options()
  @HttpCode(200)
  options() {
    return { status: 'Ok' };
  }
}
