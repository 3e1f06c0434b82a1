import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BlockedWindows, WINDOWS } from './blocked-windows.js';
import { HealthConfig } from './health.config.js';

const RESOLUTION_MS = 20;

/**
 * Whether the event loop turns as it should, told by the loop itself: one that turns slowly still answers its probes, now
 * and then, and would pass for ever. One that does not turn at all answers nothing; that is for whoever probes to notice.
 */
@Injectable()
export class LoopWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly windows: BlockedWindows;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly config: HealthConfig) {
    this.windows = new BlockedWindows(config.loopDelayMs);
  }

  get isBlocked(): boolean {
    return this.windows.isBlocked;
  }

  /** The longest turn of the last window, milliseconds. */
  get worstMs(): number {
    return Math.round(this.windows.worstMs);
  }

  onApplicationBootstrap(): void {
    if (this.config.loopPatienceMs === 0) return;
    this.delays.enable();
    this.timer = setInterval(() => {
      // Not one turn was measured since: a turn as long as the window tells of itself in the next.
      if (this.delays.count === 0) return;
      this.windows.ended(this.delays.max / 1e6);
      this.delays.reset();
    }, this.config.loopPatienceMs / WINDOWS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.delays.disable();
  }
}
