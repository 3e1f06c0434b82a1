import { RESOURCES } from '@app/event';
import type { ProjectLimits } from '@app/token';
import { BIT } from '../quotas/resource-sets.js';

const ZEROS = () => RESOURCES.map(() => 0);

/** What is known of one project's use; arrays by resource. */
export class Tally {
  /** Accepted here, not yet added to everybody's. */
  readonly pending: number[] = ZEROS();
  readonly month: number[] = ZEROS();
  readonly minute: number[] = ZEROS();
  monthSet = 0;
  minuteSet = 0;
  isActive = true;

  /** Resources at their limit, as bits. */
  get limitedSet(): number {
    return this.monthSet | this.minuteSet;
  }

  judge(limits: ProjectLimits | undefined): void {
    this.monthSet = 0;
    this.minuteSet = 0;
    RESOURCES.forEach((resource, i) => {
      const { monthly = Number.POSITIVE_INFINITY, perMinute = Number.POSITIVE_INFINITY } = limits?.[resource] ?? {};
      // What is on its way counts too: pods that count together must not each take a second's worth more.
      if (this.month[i] + this.pending[i] >= monthly) this.monthSet |= BIT[resource];
      if (this.minute[i] + this.pending[i] >= perMinute) this.minuteSet |= BIT[resource];
    });
  }
}
