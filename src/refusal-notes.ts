/** A counter of prom-client, as far as it is read here. */
export interface CountedBy {
  get(): Promise<{ readonly values: readonly { readonly value: number; readonly labels: Readonly<Record<string, unknown>> }[] }>;
}

const EVERY_MS = 60_000;

/**
 * Tells a person at a terminal what was refused since the last time, by cause: SDKs swallow it, and nothing else shows it there.
 * Says nothing while nothing is refused.
 */
export class RefusalNotes {
  readonly #told = new Map<string, number>();

  constructor(
    private readonly refusedRequests: CountedBy,
    private readonly droppedEvents: CountedBy,
    private readonly logger: { warn(text: string): void },
  ) {}

  start(everyMs = EVERY_MS): void {
    setInterval(() => void this.tell(), everyMs).unref();
  }

  async tell(): Promise<void> {
    const parts = [
      phrase(await this.#newSince(this.refusedRequests, 'code'), 'request was refused', 'requests were refused'),
      phrase(await this.#newSince(this.droppedEvents, 'cause'), 'event was dropped', 'events were dropped'),
    ].filter((part) => part !== undefined);
    if (parts.length > 0) this.logger.warn(`in the last minute ${parts.join(', and ')}`);
  }

  async #newSince(counter: CountedBy, label: string): Promise<Map<string, number>> {
    const fresh = new Map<string, number>();
    for (const { value, labels } of (await counter.get()).values) {
      const cause = String(labels[label]);
      const key = `${label} ${cause}`;
      const more = value - (this.#told.get(key) ?? 0);
      this.#told.set(key, value);
      if (more > 0) fresh.set(cause, more);
    }
    return fresh;
  }
}

/** `3 requests were refused (missing_token 2, no_such_route 1)`, the most frequent cause first. */
function phrase(causes: ReadonlyMap<string, number>, one: string, many: string): string | undefined {
  if (causes.size === 0) return undefined;
  const total = [...causes.values()].reduce((sum, count) => sum + count, 0);
  const list = [...causes].toSorted(([, a], [, b]) => b - a).map(([cause, count]) => `${cause} ${count}`);
  return `${total} ${total === 1 ? one : many} (${list.join(', ')})`;
}
