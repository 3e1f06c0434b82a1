import { RESOURCES, type CapturedEvent, type Clock, type Resource } from '@app/event';
import type { ProjectLimits } from '@app/token';
import { Tally } from './tally.js';
import type { UsageBatch, UsageDelta, UsageStore, UsageTotals } from './usage-store.js';

/** Keeps Redis's own pause for one batch well under a millisecond. */
const BATCH = 500;

export interface UsageParts {
  readonly store: UsageStore;
  readonly clock: Clock;
  /** From memory; undefined when the project is not known, which is then not counted: tokens can be made up. */
  readonly limitsOf: (token: string) => ProjectLimits | undefined;
}

/**
 * Counts accepted events and says which projects are at their limits, across pods. Requests only add to numbers in memory;
 * `flush`, once a second, adds them to everybody's and takes over the totals.
 */
export class UsageCounter {
  private readonly tallies = new Map<string, Tally>();
  /** Sent and not answered, or still to be sent: to be sent again as they are, in this order. */
  private unanswered: UsageBatch[] = [];
  private sequence = 0;
  private month: string;
  private minute: number;

  constructor(private readonly parts: UsageParts) {
    [this.month, this.minute] = periodsOf(parts.clock.now());
  }

  count(events: readonly CapturedEvent[]): void {
    for (const event of events) {
      if (event.inputs === 0) continue;
      const tally = this.tallyOf(event.token);
      if (tally === undefined) continue;
      tally.pending[RESOURCES.indexOf(event.resource)] += event.inputs;
      tally.isActive = true;
    }
  }

  /** Resources at their limit, as bits. */
  limitedSetOf(token: string): number {
    return this.tallies.get(token)?.limitedSet ?? 0;
  }

  /** This month's and minute's counts; for the admin port. */
  usageOf(token: string): Partial<Record<Resource, UsageTotals>> | undefined {
    const tally = this.tallies.get(token);
    if (tally === undefined) return undefined;
    const totals = RESOURCES.map((resource, i) => [resource, { month: tally.month[i], minute: tally.minute[i] }] as const);
    return Object.fromEntries(totals.filter(([, { month }]) => month > 0));
  }

  /** @throws what the store throws; nothing is lost then, the next call goes on */
  async flush(): Promise<void> {
    this.beginPeriods();
    if (this.unanswered.length === 0) this.unanswered = this.takePending();
    while (this.unanswered.length > 0) {
      const batch = this.unanswered[0];
      this.takeOver(batch, await this.parts.store.add(batch));
      this.unanswered.shift();
    }
    // Also those without news: an operator may have raised a limit.
    for (const [token, tally] of this.tallies) tally.judge(this.parts.limitsOf(token));
  }

  private tallyOf(token: string): Tally | undefined {
    const known = this.tallies.get(token);
    if (known !== undefined || this.parts.limitsOf(token) === undefined) return known;
    const tally = new Tally();
    this.tallies.set(token, tally);
    return tally;
  }

  private takePending(): UsageBatch[] {
    const deltas: UsageDelta[] = [];
    for (const [token, { pending }] of this.tallies) {
      RESOURCES.forEach((resource, i) => {
        if (pending[i] > 0) deltas.push({ token, resource, amount: pending[i] });
        pending[i] = 0;
      });
    }
    const batches: UsageBatch[] = [];
    for (let i = 0; i < deltas.length; i += BATCH)
      batches.push({ sequence: ++this.sequence, month: this.month, minute: this.minute, deltas: deltas.slice(i, i + BATCH) });
    return batches;
  }

  private takeOver({ month, minute, deltas }: UsageBatch, totals: readonly UsageTotals[]): void {
    deltas.forEach(({ token, resource }, i) => {
      const tally = this.tallies.get(token);
      if (tally === undefined) return;
      const at = RESOURCES.indexOf(resource);
      if (month === this.month) tally.month[at] = totals[i].month;
      if (minute === this.minute) tally.minute[at] = totals[i].minute;
    });
  }

  /** Counts of a period that is over count no more; projects that were silent for a minute are forgotten. */
  private beginPeriods(): void {
    const [month, minute] = periodsOf(this.parts.clock.now());
    if (minute === this.minute) return;
    for (const [token, tally] of this.tallies) {
      tally.minute.fill(0);
      tally.minuteSet = 0;
      if (month !== this.month) {
        tally.month.fill(0);
        tally.monthSet = 0;
      }
      const isIdle = !tally.isActive && tally.limitedSet === 0 && tally.pending.every((count) => count === 0);
      if (isIdle) this.tallies.delete(token);
      tally.isActive = false;
    }
    [this.month, this.minute] = [month, minute];
  }
}

function periodsOf(now: number): [month: string, minute: number] {
  return [new Date(now).toISOString().slice(0, 7), Math.floor(now / 60_000)];
}
