import { HttpCode, Post, Res } from '@nestjs/common';
import { Captured, DecodedEndpoint, NormalizeEventsPipe, type NormalizedRequest } from '@app/capture';
import { CaptureError, type CapturedEvent } from '@app/event';
import { PipelineService } from '@app/pipeline';
import type { FastifyReply } from 'fastify';
import { CANARY_PATH, CANARY_ROUTE, CANARY_TOKEN } from './canary-route.js';

/** Takes the gateway's own canaries. No guard: the plugin has let nobody else come here. */
@DecodedEndpoint(CANARY_PATH.slice(1))
export class CanaryController {
  constructor(private readonly pipeline: PipelineService) {}

  @Post()
  @HttpCode(200)
  async take(@Captured(NormalizeEventsPipe) { request, events }: NormalizedRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const [{ ack, dropped }] = await this.pipeline.deliver(events.map(ownEvent), request.context);
    if (dropped.length > 0) throw new CaptureError('event_too_big', dropped[0].drop.detail);
    reply.header('inlet-ack', ack);
    return { status: 'Ok' };
  }
}

/** Whatever the event says: it is nobody's, and it may land on any partition. */
function ownEvent(event: CapturedEvent): CapturedEvent {
  return { ...event, token: CANARY_TOKEN, route: CANARY_ROUTE, partitionKey: null, ip: '' };
}
