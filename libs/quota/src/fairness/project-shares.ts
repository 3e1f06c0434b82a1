import { AdminFacts, ProjectFacts } from '@app/admin';
import { FairShare } from '@app/pipeline';
import type { Clock } from '@app/event';
import { BusiestKeys, type KeyCount } from './busiest-keys.js';

const SHOWN = 20;
// A newcomer looks through all of them: 64 cost half a microsecond.
const TRACKED = 64;
const HALF_LIFE_MS = 60_000;

/**
 * How many bytes each project holds in requests under way, and which projects send the most. Bounded by the requests
 * under way and by TRACKED, whatever tokens are made up.
 */
@AdminFacts('traffic')
export class ProjectShares extends ProjectFacts implements FairShare {
  private readonly held = new Map<string, number>();
  private readonly busiest = new BusiestKeys(TRACKED);
  private halveAt: number;
  private refusedRequests = 0;

  constructor(
    /** The most bytes that one project may hold. */
    readonly limit: number,
    private readonly clock: Clock,
  ) {
    super();
    this.halveAt = clock.monotonic() + HALF_LIFE_MS;
  }

  enter(token: string, bytes: number): boolean {
    const held = (this.held.get(token) ?? 0) + bytes;
    // Alone, a project may send a request larger than its share: nobody is kept waiting by it.
    if (held > this.limit && held > bytes) {
      this.refusedRequests++;
      return false;
    }
    this.held.set(token, held);
    this.forget();
    this.busiest.add(token, bytes);
    return true;
  }

  leave(token: string, bytes: number): void {
    const held = (this.held.get(token) ?? 0) - bytes;
    if (held > 0) this.held.set(token, held);
    else this.held.delete(token);
  }

  /** By bytes decoded, about the last two minutes. */
  topProjects(limit: number = SHOWN): readonly KeyCount[] {
    this.forget();
    return this.busiest.top(limit);
  }

  get refused(): number {
    return this.refusedRequests;
  }

  factsOf(token: string): unknown {
    return { bytesInFlight: this.held.get(token) ?? 0, bytesInFlightLimit: this.limit };
  }

  override overview(): unknown {
    const busiest = this.topProjects().map(({ key, count }) => ({ token: key, bytes: Math.round(count) }));
    return { busiest, refusedRequests: this.refusedRequests };
  }

  private forget(): void {
    const now = this.clock.monotonic();
    // After a long silence once more is as good as a hundred times: all that is left is small.
    if (now < this.halveAt) return;
    this.busiest.halve();
    this.halveAt = now + HALF_LIFE_MS;
  }
}
