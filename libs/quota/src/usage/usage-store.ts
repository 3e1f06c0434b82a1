import type { Redis } from 'ioredis';
import type { Resource } from '@app/event';

export interface UsageDelta {
  readonly token: string;
  readonly resource: Resource;
  readonly amount: number;
}

/** What all pods together have counted, this batch included. */
export interface UsageTotals {
  readonly month: number;
  readonly minute: number;
}

/** One batch of increments: sent again under the same sequence it counts once. */
export interface UsageBatch {
  readonly sequence: number;
  /** `2026-11`, UTC. */
  readonly month: string;
  /** Minutes since the epoch. */
  readonly minute: number;
  readonly deltas: readonly UsageDelta[];
}

/** Where pods add up what they count. */
export abstract class UsageStore {
  /** Totals in the order of the deltas. @throws when it can't tell whether the batch was counted: send it again */
  abstract add(batch: UsageBatch): Promise<readonly UsageTotals[]>;
}

const MONTH_TTL_S = 70 * 86_400;
const MINUTE_TTL_S = 180;

/**
 * One round trip counts and answers the totals. An answer that got lost must not count twice, so the writer's last sequence
 * is stored with the increments, in one step.
 */
const ADD = `
local isNew = redis.call('GET', KEYS[1]) ~= ARGV[1]
local totals = {}
for i = 4, #ARGV, 2 do
  for k = 2, 3 do
    if isNew then totals[#totals + 1] = redis.call('HINCRBY', KEYS[k], ARGV[i], ARGV[i + 1])
    else totals[#totals + 1] = tonumber(redis.call('HGET', KEYS[k], ARGV[i]) or 0) end
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', 86400)
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('EXPIRE', KEYS[3], ARGV[3])
return totals`;

/** Hashes of `resource:token` by month and by minute; braces keep them in one slot of a cluster. */
export class RedisUsageStore extends UsageStore {
  constructor(
    private readonly redis: Redis,
    /** Unlike any other process's. */
    private readonly writer: string,
  ) {
    super();
  }

  async add({ sequence, month, minute, deltas }: UsageBatch): Promise<readonly UsageTotals[]> {
    const keys = [`@inlet/{usage}/writer/${this.writer}`, `@inlet/{usage}/month/${month}`, `@inlet/{usage}/minute/${minute}`];
    const fields = deltas.flatMap(({ token, resource, amount }) => [`${resource}:${token}`, amount]);
    const answer: unknown = await this.redis.eval(ADD, keys.length, ...keys, sequence, MONTH_TTL_S, MINUTE_TTL_S, ...fields);
    if (!Array.isArray(answer) || answer.length !== 2 * deltas.length) throw new Error('ANSWER of another kind');
    return deltas.map((_, i) => ({ month: Number(answer[2 * i]), minute: Number(answer[2 * i + 1]) }));
  }
}
