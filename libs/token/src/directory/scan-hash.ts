import type { RedisSource } from '@app/redis';

/** Fields a step: a step is read, compared and, where changed, validated without a pause; 200 new ones cost about 3 ms. */
const FIELDS_A_STEP = 200;

/**
 * All fields of a hash, step by step, so that other work gets its turn in between. What is there all the time is
 * certainly seen; what comes or goes meanwhile may be.
 */
export async function* scanHash(redis: Pick<RedisSource, 'hscan'>, key: string, version?: string): AsyncGenerator<readonly string[], void> {
  let cursor = '0';
  do {
    const [next, flat] = await redis.hscan(key, cursor, FIELDS_A_STEP, version);
    // A small hash comes in one piece, whatever its records' size.
    yield flat;
    cursor = next;
  } while (cursor !== '0');
}
