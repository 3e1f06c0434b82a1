import { Socket } from 'node:net';
import { Controller, Get, Header, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { register } from 'prom-client';
import { MetricsPage } from './metrics-page.js';

@Controller()
export class MetricsController {
  constructor(private readonly page: MetricsPage) {}

  /** A request that has no connection is the process's own (`inject`). */
  @Get('metrics')
  @Header('content-type', register.contentType)
  read(@Req() { raw }: FastifyRequest): Promise<Buffer> {
    return raw.socket instanceof Socket ? this.page.read() : this.page.renderNow();
  }
}
