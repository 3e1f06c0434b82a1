import { Controller, Get, Header } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { LoopWatch } from './loop-watch.js';
import { OutputHealth } from './output-health.js';
import { ShutdownState } from './shutdown-state.js';
import { SourcesHealth } from './sources-health.js';
import { Startup } from './startup.js';

/** Probes for orchestrators. They never touch limits, tokens or the decoder. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly shutdown: ShutdownState,
    private readonly output: OutputHealth,
    private readonly sources: SourcesHealth,
    private readonly loop: LoopWatch,
    private readonly start: Startup,
  ) {}

  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  root(): string {
    return 'capture';
  }

  /** For a moment after the boot, until what is usually known by then is known; never for long, whatever is away. */
  @Get(['_startup', 'startupz'])
  @HealthCheck()
  startup() {
    return this.health.check([
      () => {
        const indicator = this.indicators.check('startup');
        const waitsFor = this.start.waitsFor();
        return waitsFor.length > 0 ? indicator.down({ waitsFor }) : indicator.up();
      },
      () => this.indicators.check('output').up(this.output.detail()),
      () => this.indicators.check('sources').up(this.sources.detail()),
    ]);
  }

  /**
   * Only whether this process still turns: a dead broker must not restart the pods that hold its events. An event loop
   * that has stopped does not come to answer, which is what the probe's timeout is for; one that hardly turns says so.
   */
  @Get(['_liveness', 'livez'])
  @HealthCheck()
  liveness() {
    return this.health.check([
      () => {
        const indicator = this.indicators.check('process');
        const { isBlocked, worstMs } = this.loop;
        return isBlocked ? indicator.down({ reason: 'the event loop is blocked', longestTurnMs: worstMs }) : indicator.up();
      },
    ]);
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
      () => this.indicators.check('sources').up(this.sources.detail()),
      () => {
        const because = [...this.output.troubles(), ...this.sources.troubles()];
        return this.indicators.check('service').up(because.length === 0 ? { state: 'serving' } : { state: 'degraded', because });
      },
    ]);
  }
}
