import { AdminFacts, ProjectFacts } from '@app/admin';
import type { UsageCounter } from '../usage/usage-counter.js';
import type { LimitedTokens } from './limited-tokens.js';

/** What the gateway believes of a project's quotas. */
@AdminFacts('quotas')
export class QuotaFacts extends ProjectFacts {
  constructor(
    private readonly limited: LimitedTokens,
    private readonly usage: UsageCounter | undefined,
  ) {
    super();
  }

  factsOf(token: string): unknown {
    const until = Object.entries(this.limited.untilOf(token)).map(([resource, seconds]) => [resource, untilText(seconds)]);
    return { limitedUntil: Object.fromEntries(until), usage: this.usage?.usageOf(token) };
  }
}

function untilText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'further notice' : date.toISOString();
}
