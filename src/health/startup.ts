import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@app/event';
import { OutputHealth } from './output-health.js';
import { SourcesHealth } from './sources-health.js';

/** What is away must not keep a process from serving that can do without it. */
export const STARTUP_PATIENCE_MS = 15_000;

/** Gives a new process a moment for what it would rather know before its first request: brokers, what the spool holds, projects, limits. */
@Injectable()
export class Startup implements OnApplicationBootstrap {
  private since = 0;
  private isDone = false;

  constructor(
    private readonly clock: Clock,
    private readonly output: OutputHealth,
    private readonly sources: SourcesHealth,
  ) {}

  onApplicationBootstrap(): void {
    this.since = this.clock.monotonic();
  }

  /** Empty from the moment on that the process has started, for ever. */
  waitsFor(): string[] {
    if (this.isDone) return [];
    const waiting = [...this.output.unsettled(), ...(this.sources.isSettled() ? [] : ['projects and limits'])];
    this.isDone = waiting.length === 0 || this.clock.monotonic() - this.since >= STARTUP_PATIENCE_MS;
    return this.isDone ? [] : waiting;
  }
}
