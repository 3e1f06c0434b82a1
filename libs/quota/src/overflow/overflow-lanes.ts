import type { Route } from '@app/event';

/** Which routes overflow, and where to. Historical, exception, heatmap and warning consumers have their own pace. */
export class OverflowLanes {
  /** @param ai whether AI events have a topic to overflow to */
  constructor(private readonly ai: boolean) {}

  /** Undefined where nothing overflows. */
  of(route: Route): 'overflow' | 'ai_overflow' | undefined {
    if (route === 'main') return 'overflow';
    return this.ai && route === 'ai' ? 'ai_overflow' : undefined;
  }
}
