import type { RedisConnections, SharedRead } from '@app/redis';

/** Reads sources once for all workers: whoever asks first has them read, the others get the same answer while it is fresh. */
export class ReadsForWorkers {
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(private readonly connections: Pick<RedisConnections, 'open'>) {}

  /** Rejects when Redis does, and while it is not connected: the worker then asks Redis itself. */
  answer({ url, command, args, id, maxAgeMs }: SharedRead): Promise<unknown> {
    const name = `${url} ${id}`;
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const redis = this.connections.open('a worker', url);
    const answer = (redis[command] as unknown as (...args: readonly (string | number)[]) => Promise<unknown>).apply(redis, [...args]);
    this.#answers.set(name, answer);
    const forget = () => {
      if (this.#answers.get(name) === answer) this.#answers.delete(name);
    };
    answer.catch(forget);
    setTimeout(forget, maxAgeMs).unref();
    return answer;
  }
}
