import { readFile } from 'node:fs/promises';
import { RESOURCES, type Clock, type Resource } from '@app/event';
import type { RedisSource } from '@app/redis';
import type { QuotaMetrics } from '../quota-metrics.js';
import { Refresh } from '../refresh/refresh.js';
import { ToldOnce } from '../refresh/told-once.js';
import type { LimitedTokens, UntilByToken } from './limited-tokens.js';
import { parseQuotaFile } from './quota-file.js';
import { QUOTA_KEY, readSortedSet } from './sorted-set.js';

export interface QuotaSourceParts {
  readonly limited: LimitedTokens;
  readonly metrics: QuotaMetrics;
  readonly intervalMs: number;
}

/** Keeps `limited` as the billing job's sorted sets say, each resource by itself. Start them. */
export function redisQuotas(redis: RedisSource, clock: Clock, { limited, metrics, intervalMs }: QuotaSourceParts): Refresh[] {
  const told = new ToldOnce();
  return RESOURCES.map((resource) => {
    const key = QUOTA_KEY + resource;
    const load = async () => {
      const { members, malformed } = await readSortedSet(redis, key, clock.now());
      if (malformed > 0) {
        metrics.malformed(key, malformed);
        told.tell(key, `${malformed} members are no tokens`);
      }
      limited.replace(resource, members);
      metrics.loadedTokens(key, members.size);
    };
    return new Refresh({ name: key, intervalMs, load, onFailure: () => metrics.refreshFailed(key) });
  });
}

/** Keeps `limited` as a file says; a file that is broken as a whole changes nothing. */
export function fileQuotas(path: string, { limited, metrics, intervalMs }: QuotaSourceParts): Refresh[] {
  const told = new ToldOnce();
  let before: string | undefined;
  const take = (resource: Resource, tokens: UntilByToken) => {
    limited.replace(resource, tokens);
    metrics.loadedTokens(resource, tokens.size);
  };
  const load = async () => {
    const text = await readFile(path, 'utf8');
    if (text === before) return;
    const { limits, problems } = parseQuotaFile(text);
    before = text;
    for (const problem of problems) told.tell('QUOTA_FILE', problem);
    if (problems.length > 0) metrics.malformed('QUOTA_FILE', problems.length);
    for (const resource of RESOURCES) take(resource, limits.get(resource) ?? new Map());
  };
  return [new Refresh({ name: 'QUOTA_FILE', intervalMs, load, onFailure: () => metrics.refreshFailed('QUOTA_FILE') })];
}
