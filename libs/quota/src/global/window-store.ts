import type { Redis } from 'ioredis';

export interface WindowCount {
  readonly current: number;
  readonly previous: number;
}

/** Counts of all pods by key and window. */
export abstract class WindowStore {
  /** Adds and answers, in order. @throws when it did not; what was added may or may not count then */
  abstract add(window: number, amounts: readonly (readonly [key: string, amount: number])[]): Promise<readonly WindowCount[]>;
}

/** As the reference keeps them: `<prefix>:<token>:<distinct_id>:<window>`, incremented, gone two windows later. */
export class RedisWindowStore extends WindowStore {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly windowSeconds: number,
  ) {
    super();
  }

  async add(window: number, amounts: readonly (readonly [string, number])[]): Promise<readonly WindowCount[]> {
    const pipeline = this.redis.pipeline();
    const deadline = (window + 2) * this.windowSeconds;
    for (const [key, amount] of amounts) {
      pipeline.incrby(`${this.prefix}:${key}:${window}`, amount);
      pipeline.expireat(`${this.prefix}:${key}:${window}`, deadline);
      pipeline.get(`${this.prefix}:${key}:${window - 1}`);
    }
    const answers = (await pipeline.exec()) ?? [];
    return amounts.map((_, i) => {
      const [failure, current] = answers[3 * i] ?? [new Error('NO answer'), 0];
      if (failure) throw failure;
      return { current: numberOf(current), previous: numberOf(answers[3 * i + 2]?.[1]) };
    });
  }
}

function numberOf(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}
