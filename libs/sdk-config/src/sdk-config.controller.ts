import { Controller, Get, HttpCode, NotFoundException, Param, Post, Query, Req, Res } from '@nestjs/common';
import { checkTokenShape } from '@app/token';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decideAnswer, flagsAnswer } from './flags-answer.js';
import { remoteConfig, remoteConfigScript, type SdkAnswerOptions } from './remote-config.js';
import { SdkConfig } from './sdk.config.js';
import { MAX_QUERY_CHARS } from './upstream-path.js';
import { Upstream } from './upstream.js';

type Answer = (options: SdkAnswerOptions) => unknown;

/**
 * What SDKs ask of the same host beside capture. This is no feature-flag service: the answers keep them quiet and
 * capturing. With an upstream they are its own, and ours only when it cannot be reached.
 */
@Controller()
export class SdkConfigController {
  constructor(
    private readonly config: SdkConfig,
    private readonly upstream: Upstream,
  ) {}

  @Post('flags')
  @HttpCode(200)
  flags(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.answer(request, reply, (options) => flagsAnswer(query, options));
  }

  @Post('decide')
  @HttpCode(200)
  decide(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.answer(request, reply, (options) => decideAnswer(query, options));
  }

  @Get('array/:token/config')
  remoteConfig(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.answer(request, reply, remoteConfig, token);
  }

  @Get('array/:token/config.js')
  remoteConfigScript(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const script: Answer = (options) => {
      reply.header('content-type', 'application/javascript; charset=utf-8');
      return remoteConfigScript(token.trim(), options);
    };
    return this.answer(request, reply, script, token);
  }

  /** Scripts of the SDK, which we have none of. */
  @Get('static/*')
  async static(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (isRefused(request, reply) || (await this.upstream.answer(request, reply))) return;
    throw new NotFoundException();
  }

  /** @throws CaptureError `invalid_token`, `not_found` */
  private async answer(request: FastifyRequest, reply: FastifyReply, own: Answer, sentToken?: string): Promise<void> {
    if (isRefused(request, reply)) return;
    const token = sentToken === undefined ? undefined : checkTokenShape(sentToken);
    if (await this.upstream.answer(request, reply, token)) return;
    const { sessionRecording, upstreamUrl } = this.config;
    const isStandIn = upstreamUrl !== '';
    // A cache that went by the path's ending would keep it long after the upstream is back.
    if (isStandIn) reply.header('cache-control', 'no-store');
    await reply.send(own({ sessionRecording, flagsFailed: isStandIn }));
  }
}

/** First of all: whatever the answer is, it depends on the origin. A query that no SDK sends is not looked at. */
function isRefused({ url }: FastifyRequest, reply: FastifyReply): boolean {
  reply.header('vary', 'Origin');
  const at = url.indexOf('?');
  const length = at === -1 ? 0 : url.length - at - 1;
  if (length <= MAX_QUERY_CHARS) return false;
  const text = `query of ${length} bytes exceeds the limit of ${MAX_QUERY_CHARS} bytes (fixed)`;
  reply.status(414).header('content-type', 'text/plain; charset=utf-8').send(text);
  return true;
}
