import { Controller, Get, Header } from '@nestjs/common';
import { HealthCheck } from '@nestjs/terminus';
import { HealthPages } from './health-pages.js';

/** Probes for orchestrators, open to all: they say how things are, not where. They never touch limits, tokens or the decoder. */
@Controller()
export class HealthController {
  constructor(private readonly pages: HealthPages) {}

  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  root(): string {
    return 'capture';
  }

  @Get(['_startup', 'startupz'])
  @HealthCheck()
  startup() {
    return this.pages.summaryOf('startup');
  }

  @Get(['_liveness', 'livez'])
  @HealthCheck()
  liveness() {
    return this.pages.summaryOf('liveness');
  }

  @Get(['_readiness', 'readyz'])
  @HealthCheck()
  readiness() {
    return this.pages.summaryOf('readiness');
  }
}
