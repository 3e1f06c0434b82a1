import { Controller, Get, HttpCode, NotFoundException, Param, Post, Query, Req, Res } from '@nestjs/common';
import { checkTokenShape } from '@app/token';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decideAnswer, flagsAnswer } from './flags-answer.js';
import { remoteConfig, remoteConfigScript, type SdkAnswerOptions } from './remote-config.js';
import { SdkConfig } from './sdk.config.js';
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
    checkTokenShape(token);
    return this.answer(request, reply, remoteConfig);
  }

  @Get('array/:token/config.js')
  remoteConfigScript(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const checked = checkTokenShape(token);
    return this.answer(request, reply, (options) => {
      reply.header('content-type', 'application/javascript; charset=utf-8');
      return remoteConfigScript(checked, options);
    });
  }

  /** Scripts of the SDK, which we have none of. */
  @Get('static/*')
  async static(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!(await this.upstream.answer(request, reply))) throw new NotFoundException();
  }

  private async answer(request: FastifyRequest, reply: FastifyReply, own: Answer): Promise<void> {
    if (await this.upstream.answer(request, reply)) return;
    const { sessionRecording, upstreamUrl } = this.config;
    await reply.send(own({ sessionRecording, flagsFailed: upstreamUrl !== '' }));
  }
}
