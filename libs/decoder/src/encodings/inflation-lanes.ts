import { CaptureError } from '@app/event';

/** How many inflations may run off the loop at once: the thread pool has four threads, the log needs one of them. */
const PERMITS = 2;
/**
 * How many bodies that grow a lot may wait for each other. What they hold meanwhile is what they had become by then, 8 MiB each: there
 * must be room for others beside them and the one that is worked on.
 */
const MOST_WAITING = 3;

/** Of a compressed body: the same for those that are about as large, within the double of it. */
export function rankOf(bytes: number): number {
  return Math.floor(Math.log2(Math.max(1, bytes)));
}

/** So often others may go before a body that asked earlier, and so often it makes way for them: then it has its turn. */
export const MOST_PATIENCE = 16;

interface Waiting {
  rank: number;
  readonly goOn: () => void;
  patience: number;
}

/**
 * Who may inflate now: smaller bodies before larger ones, which make way for them between two pieces, and else in order of asking: were
 * all begun at once, all would be held at once. Bodies that grow a lot go one at a time, and only while nobody else waits.
 */
export class InflationLanes {
  private running = 0;
  private readonly waiting: Waiting[] = [];
  private isSlowBusy = false;
  private readonly slowQueue: (() => void)[] = [];

  constructor(
    private readonly permits = PERMITS,
    private readonly mostWaiting = MOST_WAITING,
  ) {}

  /**
   * Resolves once fewer than the permitted number of others inflate; to be followed by `leave`.
   *
   * @param rank lower ones go first (`rankOf`); Infinity goes behind everybody else
   */
  async enter(rank: number): Promise<void> {
    if (this.running >= this.permits) await new Promise<void>((goOn) => this.waiting.push({ rank, goOn, patience: MOST_PATIENCE }));
    else this.running++;
  }

  leave(): void {
    const { waiting } = this;
    if (waiting.length === 0) {
      this.running--;
      return;
    }
    let first = 0;
    for (let i = 1; i < waiting.length; i++) if (waiting[i].rank < waiting[first].rank) first = i;
    // Small ones without end must not keep a large one for ever. Those that grow a lot go behind everybody else, however long.
    for (const earlier of waiting.slice(0, first)) if (earlier.rank !== Infinity && --earlier.patience === 0) earlier.rank = -1;
    // The permit goes on.
    waiting.splice(first, 1)[0].goOn();
  }

  /** Whether somebody waits who goes before one of this rank. */
  shouldMakeWay(rank: number): boolean {
    return this.waiting.some((other) => other.rank < rank);
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
