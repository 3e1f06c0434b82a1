import { RESOURCES, type Resource } from '@app/event';
import { BIT } from './resource-sets.js';

/** Token to the time until which it is limited, Unix seconds. */
export type UntilByToken = ReadonlyMap<string, number>;

const NOBODY: UntilByToken = new Map();

/** Who is over quota, as a source says it: one cache a resource, so that one resource's bad read harms no other. */
export class LimitedTokens {
  private readonly caches: UntilByToken[] = RESOURCES.map(() => NOBODY);
  private isEmpty = true;

  replace(resource: Resource, tokens: UntilByToken): void {
    this.caches[RESOURCES.indexOf(resource)] = tokens;
    this.isEmpty = this.caches.every(({ size }) => size === 0);
  }

  /** The resources limited now, as bits. @param now Unix milliseconds */
  setOf(token: string, now: number): number {
    if (this.isEmpty) return 0;
    let set = 0;
    for (let i = 0; i < this.caches.length; i++) {
      const until = this.caches[i].get(token);
      // A limit ends when it says so, also while its source can't be read.
      if (until !== undefined && until * 1000 > now) set |= BIT[RESOURCES[i]];
    }
    return set;
  }

  /** Unix seconds; for the admin port. */
  untilOf(token: string): Partial<Record<Resource, number>> {
    const limits: Partial<Record<Resource, number>> = {};
    RESOURCES.forEach((resource, i) => {
      const until = this.caches[i].get(token);
      if (until !== undefined) limits[resource] = until;
    });
    return limits;
  }
}
