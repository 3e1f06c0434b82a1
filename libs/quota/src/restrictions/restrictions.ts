import type { CapturedEvent, Clock } from '@app/event';
import { AdminFacts, ProjectFacts } from '@app/admin';
import { applies, RESTRICTION_TYPES, type Restriction, type RestrictionType } from './restriction.js';

const NONE: readonly Restriction[] = [];

/** The rules in force, by token. Rules that were not confirmed for too long count no more. */
@AdminFacts('restrictions')
export class Restrictions extends ProjectFacts {
  private readonly byType = new Map<RestrictionType, readonly Restriction[]>();
  private byToken: ReadonlyMap<string, readonly Restriction[]> = new Map();
  private confirmedAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly failOpenAfterMs: number,
  ) {
    super();
    this.confirmedAt = clock.monotonic();
  }

  /** Takes over the rules of one type. */
  replace(type: RestrictionType, rules: readonly Restriction[]): void {
    this.byType.set(type, rules);
    const all = RESTRICTION_TYPES.flatMap((known) => this.byType.get(known) ?? []).toSorted((a, b) => a.index - b.index);
    this.byToken = Map.groupBy(all, ({ token }) => token);
  }

  /** All types have just been read. */
  confirm(): void {
    this.confirmedAt = this.clock.monotonic();
  }

  get isStale(): boolean {
    return this.clock.monotonic() - this.confirmedAt > this.failOpenAfterMs;
  }

  get count(): number {
    let count = 0;
    for (const rules of this.byToken.values()) count += rules.length;
    return count;
  }

  /** Those that apply to `event`, the lowest index first. */
  of(event: CapturedEvent): readonly Restriction[] {
    const rules = this.byToken.get(event.token);
    if (rules === undefined || this.isStale) return NONE;
    return rules.filter((rule) => applies(rule, event));
  }

  factsOf(token: string): unknown {
    const rules = this.byToken.get(token) ?? NONE;
    return rules.map(({ type, pipelines, distinctIds, eventNames, sessionIds, eventUuids, topic }) => ({
      type,
      pipelines: [...pipelines],
      topic,
      filters: { distinctIds: distinctIds.size, eventNames: eventNames.size, sessionIds: sessionIds.size, eventUuids: eventUuids.size },
    }));
  }

  override overview(): unknown {
    return {
      rules: this.count,
      isStale: this.isStale,
      confirmedSecondsAgo: Math.round((this.clock.monotonic() - this.confirmedAt) / 1000),
    };
  }
}
