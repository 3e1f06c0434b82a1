import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { LoopWatch } from './loop-watch.js';
import { OutputHealth } from './output-health.js';
import { ShutdownState } from './shutdown-state.js';
import { SourcesHealth } from './sources-health.js';
import { Startup } from './startup.js';

export type HealthPage = 'startup' | 'liveness' | 'readiness';

/** What this process says of itself, with all that operators want to see: addresses of brokers, the spool's path, keys in Redis. */
@Injectable()
export class HealthPages {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly shutdown: ShutdownState,
    private readonly output: OutputHealth,
    private readonly sources: SourcesHealth,
    private readonly loop: LoopWatch,
    private readonly start: Startup,
  ) {}

  /** For a moment after the boot, until what is usually known by then is known; never for long, whatever is away. */
  startup(): Promise<HealthCheckResult> {
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
  liveness(): Promise<HealthCheckResult> {
    return this.health.check([
      () => {
        const indicator = this.indicators.check('process');
        const { isBlocked, worstMs } = this.loop;
        return isBlocked ? indicator.down({ reason: 'the event loop is blocked', longestTurnMs: worstMs }) : indicator.up();
      },
    ]);
  }

  /** Off for shutdown or a fault of this pod alone; pressure that all pods share takes none out. */
  readiness(): Promise<HealthCheckResult> {
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

  /** As JSON with its status, whatever that is. */
  async detailOf(page: HealthPage): Promise<{ status: number; contentType: string; body: string }> {
    const { status, result } = await this.#settled(page);
    return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(result) };
  }

  /**
   * For whoever may reach the public port: which part is well, and why not.
   *
   * @throws ServiceUnavailableException with the same when one is not
   */
  async summaryOf(page: HealthPage): Promise<HealthCheckResult> {
    const { status, result } = await this.#settled(page);
    const summary = {
      ...result,
      info: withoutDetail(result.info),
      error: withoutDetail(result.error),
      details: withoutDetail(result.details),
    };
    if (status === 503) throw new ServiceUnavailableException(summary);
    return summary as HealthCheckResult;
  }

  async #settled(page: HealthPage): Promise<{ status: number; result: HealthCheckResult }> {
    try {
      return { status: 200, result: await this[page]() };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return { status: 503, result: error.getResponse() as HealthCheckResult };
    }
  }
}

type Indicators = HealthCheckResult['info'];

/** Of these only how they are: what they tell beside it is where things are. */
const WITH_DETAIL: ReadonlySet<string> = new Set(['output', 'sources']);

function withoutDetail(indicators: Indicators): Indicators {
  const entries = Object.entries(indicators ?? {});
  return Object.fromEntries(entries.map(([name, said]) => [name, WITH_DETAIL.has(name) ? { status: said?.status } : said])) as Indicators;
}
