import type { RedisSource } from '@app/redis';

/** Written by the billing job. */
export const QUOTA_KEY = '@posthog/quota-limits/';
/** Session ids of recordings that go to overflow. */
export const REPLAY_OVERFLOW_KEY = '@posthog/capture-overflow/replay';

export interface SortedSetRead {
  readonly members: Map<string, number>;
  /** Members that no token or session id can be. */
  readonly malformed: number;
}

const MEMBER = /^[\x20-\x7e]{1,200}$/;

/** Members whose score (Unix seconds) is not past, with it. @throws what Redis answers, and when it does not */
export async function readSortedSet(redis: RedisSource, key: string, nowMs: number): Promise<SortedSetRead> {
  const answer: unknown = await redis.zrangebyscore(key, Math.floor(nowMs / 1000));
  if (!Array.isArray(answer)) throw new Error('ANSWER of another kind');
  const members = new Map<string, number>();
  let malformed = 0;
  for (let i = 0; i + 1 < answer.length; i += 2) {
    const member = String(answer[i]);
    // `inf` is a limit without an end.
    const until = answer[i + 1] === 'inf' ? Number.POSITIVE_INFINITY : Number(answer[i + 1]);
    if (MEMBER.test(member) && !Number.isNaN(until)) members.set(member, until);
    else malformed++;
  }
  return { members, malformed };
}
