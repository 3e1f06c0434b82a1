import { Controller, Get, Header } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { OutputHealth } from './output-health.js';
import { ShutdownState } from './shutdown-state.js';

/** Probes for orchestrators. They never touch limits, tokens or the decoder. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly shutdown: ShutdownState,
    private readonly output: OutputHealth,
  ) {}

  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  root(): string {
    return 'capture';
  }

  /**
   * Only whether this process still turns: a dead broker must not restart the pods that hold its events. A blocked event
   * loop does not come to answer, which is what the probe's timeout is for.
   */
  @Get(['_liveness', 'livez'])
  @HealthCheck()
  liveness() {
    return this.health.check([() => this.indicators.check('process').up()]);
  }

  /** Off for shutdown or a fault of this pod alone; pressure that all pods share takes none out. */
  @Get(['_readiness', 'readyz'])
  @HealthCheck()
  readiness() {
    return this.health.check([
      () => {
        const indicator = this.indicators.check('shutdown');
        return this.shutdown.isShuttingDown ? indicator.down('shutting down') : indicator.up();
      },
      () => {
        const indicator = this.indicators.check('output');
        const detail = this.output.detail();
        return this.output.isBroken() ? indicator.down(detail) : indicator.up(detail);
      },
      () => {
        const because = this.output.troubles();
        return this.indicators.check('service').up(because.length === 0 ? { state: 'serving' } : { state: 'degraded', because });
      },
    ]);
  }
}
