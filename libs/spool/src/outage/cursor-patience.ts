import { SystemClock, type Clock } from '@app/event';
import { DiskTrial } from '../disk-trial.js';
import type { Disk } from '../disk.js';
import { reasonOf } from '../storage-error.js';
import { PATIENCE_MS } from '../unreadable.js';
import type { DrainCursor } from './drain-cursor.js';

interface Surroundings {
  readonly disk: Disk;
  readonly directory: string;
  readonly clock?: Clock;
  readonly notice?: (message: string) => void;
}

/**
 * How far a slot is drained may be on a page that the disk does not give, and taken for nothing all of it would be sent again. So
 * it is asked for again and again, and counts as nothing only when the disk is alive: after half a minute, when it takes a write.
 */
export class CursorPatience {
  /** What the cursor says is what was saved, or given up. */
  isOver = false;
  #since: number | undefined;
  readonly #clock: Clock;

  constructor(
    private readonly cursor: DrainCursor,
    private readonly where: Surroundings,
  ) {
    this.#clock = where.clock ?? new SystemClock();
  }

  /** @throws Error with what the disk says, as long as it may give the cursor back */
  async load(): Promise<void> {
    if (this.isOver) return;
    const reason = await this.#read();
    if (reason !== undefined && !(await this.#isHopeless())) throw new Error(`${this.cursor.path}: ${reason}`);
    // The disk may have come back between the two.
    const stillUnread = reason === undefined ? undefined : await this.#read();
    if (stillUnread !== undefined) this.#tellLost(`${this.cursor.path} cannot be read (${stillUnread})`);
    this.isOver = true;
  }

  /** @returns why not */
  async #read(): Promise<string | undefined> {
    try {
      const damage = await this.cursor.load();
      if (damage !== undefined) this.#tellLost(damage);
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  async #isHopeless(): Promise<boolean> {
    const now = this.#clock.monotonic();
    this.#since ??= now;
    if (now - this.#since < PATIENCE_MS) return false;
    return new DiskTrial(this.where.disk, this.where.directory, () => {}).run().then(
      () => true,
      () => false,
    );
  }

  #tellLost(what: string): void {
    this.where.notice?.(`${what}: nobody knows how far ${this.where.directory} is drained, so all that is left in it is sent again`);
  }
}
