import { readLog } from '@app/spool';
import { SimulatedDisk } from '@app/spool/testing';
import type { Owner } from '@app/testing';
import { idOf } from '../world/books.js';
import type { Surroundings } from '../world/surroundings.js';
import { LOG_DIRECTORY } from './log-life.js';

interface Books {
  /** What has been read: ids by sequence number. */
  readonly read: Map<number, string>;
}

/** Another process that reads the log and remembers where it came to. */
export class LogReader implements Owner {
  isAlive = true;
  readonly disk: SimulatedDisk;
  #isReading = false;

  constructor(
    private readonly world: Surroundings & Books,
    /** The number of the last record. */
    public place = 0,
  ) {
    const { medium, troubles, time, random } = world;
    this.disk = new SimulatedDisk(medium, troubles, time, random, this);
  }

  /** @param isPatient it waits at what the disk does not give: that may come back */
  readOn(isPatient = true): void {
    if (this.#isReading) return;
    this.#isReading = true;
    void this.world.time.as(this, async () => {
      await this.#read(isPatient).catch((error: unknown) => this.world.note(`reader: ${String(error)}`));
      this.#isReading = false;
    });
  }

  kill(): void {
    this.isAlive = false;
    this.disk.kill();
  }

  async #read(isPatient: boolean): Promise<void> {
    let isStuck = false;
    const onDamage = ({ error }: { readonly error?: string | undefined }) => (isStuck ||= isPatient && error !== undefined);
    const from = { sequence: this.place + 1 };
    for await (const { sequence, payload } of readLog(this.disk, LOG_DIRECTORY, { from, onDamage })) {
      if (isStuck) return;
      this.world.read.set(sequence, idOf(payload.toString()));
      this.place = sequence;
    }
  }
}
