import { CaptureError } from '@app/event';

/** How many inflations may run off the loop at once: the thread pool has four threads, the log needs one of them. */
const PERMITS = 2;
/**
 * How many bodies that grow a lot may wait for each other. What they hold meanwhile is what they had become by then, 8 MiB each: there
 * must be room for others beside them and the one that is worked on.
 */
const MOST_WAITING = 3;

/** Who may inflate now. Bodies that grow a lot go one at a time, and only while nobody else waits. */
export class InflationLanes {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly waitingSlow: (() => void)[] = [];
  private isSlowBusy = false;
  private readonly slowQueue: (() => void)[] = [];

  constructor(
    private readonly permits = PERMITS,
    private readonly mostWaiting = MOST_WAITING,
  ) {}

  /** Resolves once fewer than the permitted number of others inflate; to be followed by `leave`. */
  async enter(isSlow = false): Promise<void> {
    if (this.running >= this.permits) await new Promise<void>((resolve) => (isSlow ? this.waitingSlow : this.waiting).push(resolve));
    else this.running++;
  }

  leave(): void {
    // The permit goes on to whoever waits: those behind everybody else only when there is nobody else.
    const next = this.waiting.shift() ?? this.waitingSlow.shift();
    if (next === undefined) this.running--;
    else next();
  }

  /**
   * Resolves once no other body that grows a lot is worked on; to be followed by `leaveSlow`.
   *
   * @throws CaptureError `transient` when too many wait already
   */
  async enterSlow(): Promise<void> {
    if (!this.isSlowBusy) {
      this.isSlowBusy = true;
      return;
    }
    if (this.slowQueue.length >= this.mostWaiting)
      throw new CaptureError('transient', 'too many bodies wait that grow more than MAX_INFLATE_RATIO times');
    await new Promise<void>((resolve) => this.slowQueue.push(resolve));
  }

  leaveSlow(): void {
    const next = this.slowQueue.shift();
    if (next === undefined) this.isSlowBusy = false;
    else next();
  }
}
