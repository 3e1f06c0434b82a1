import type { Redis } from 'ioredis';
import type { SharedRead, SharedReads } from './shared-reads.js';

/** Of the interval between two refreshes: the next one, a little early, must not be given the answer of the last. */
const AGE_SHARE = 0.8;

/** A Redis as something that is read again and again, in the same words by every process. The methods are those of ioredis. */
export class RedisSource {
  private readonly maxAgeMs: number;

  constructor(
    private readonly redis: Redis,
    private readonly url: string,
    private readonly reads: SharedReads,
    refreshMs: number,
  ) {
    this.maxAgeMs = refreshMs * AGE_SHARE;
  }

  get(key: string): Promise<string | null> {
    return this.read({ command: 'get', args: [key], id: `get ${key}` }, () => this.redis.get(key));
  }

  /** Members with their scores, from a score on: the time, which does not make it another read. */
  zrangebyscore(key: string, from: number): Promise<unknown> {
    const args = [key, from, '+inf', 'WITHSCORES'];
    return this.read({ command: 'zrangebyscore', args, id: `zrangebyscore ${key}` }, () =>
      this.redis.zrangebyscore(key, from, '+inf', 'WITHSCORES'),
    );
  }

  /**
   * A step of a scan. Steps of several scans may be mixed: a cursor covers the same fields whenever it is asked.
   *
   * @param version what the source said it is, before the scan; a step that was read for another version is not good enough
   */
  hscan(key: string, cursor: string, count: number, version: string | undefined): Promise<[string, string[]]> {
    const args = [key, cursor, 'COUNT', count];
    const id = `hscan ${key} ${cursor} ${version ?? ''}`;
    return this.read({ command: 'hscan', args, id }, () => this.redis.hscan(key, cursor, 'COUNT', count));
  }

  /** Of one process alone, about what it has just met. */
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]> {
    return this.redis.hmget(key, ...fields);
  }

  private read<T>(read: Pick<SharedRead, 'command' | 'args' | 'id'>, own: () => Promise<T>): Promise<T> {
    // Another process has asked the same command of the same Redis.
    return this.reads.read({ ...read, url: this.url, maxAgeMs: this.maxAgeMs }, own) as Promise<T>;
  }
}
