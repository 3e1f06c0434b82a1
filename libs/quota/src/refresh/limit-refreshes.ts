import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AdminFacts, ProjectFacts } from '@app/admin';
import type { Refresh } from './refresh.js';

/** All that limits read in the background: begins with the application, ends with it. The boot waits for none. */
@AdminFacts('limitSources')
export class LimitRefreshes extends ProjectFacts implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly refreshes: Refresh[] = [];
  private readonly lastCalls: (() => Promise<void>)[] = [];

  add(...refreshes: readonly Refresh[]): void {
    this.refreshes.push(...refreshes);
  }

  get all(): readonly Pick<Refresh, 'name' | 'ageMs' | 'isFailing'>[] {
    return this.refreshes;
  }

  /** What is to be done once more before the end, when no more requests come. */
  addLastCall(call: () => Promise<void>): void {
    this.lastCalls.push(call);
  }

  onApplicationBootstrap(): void {
    for (const refresh of this.refreshes) refresh.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const refresh of this.refreshes) refresh.stop();
    const outcomes = await Promise.allSettled(this.lastCalls.map((call) => call()));
    if (outcomes.some(({ status }) => status === 'rejected')) new Logger('Limits').warn('the last counts could not be stored');
  }

  onApplicationShutdown(): void {
    for (const refresh of this.refreshes) refresh.stop();
  }

  /** How old what is said of one project is. */
  factsOf(): unknown {
    return this.overview();
  }

  override overview(): unknown {
    return this.refreshes.map(({ name, ageMs }) => ({ name, secondsOld: ageMs === undefined ? null : Math.round(ageMs / 1000) }));
  }
}
