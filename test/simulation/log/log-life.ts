import { SegmentLog } from '@app/spool';
import { SimulatedDisk } from '@app/spool/testing';
import type { Owner } from '@app/testing';
import type { Surroundings } from '../world/surroundings.js';

export const LOG_DIRECTORY = '/data/log';
const SEGMENT_BYTES = 64 * 1024;
export const PENDING_BYTES = 256 * 1024;

/** One life of a process with the embedded log. */
export class LogLife implements Owner {
  isAlive = true;
  readonly disk: SimulatedDisk;
  log: SegmentLog | undefined;

  constructor(private readonly world: Surroundings) {
    const { medium, troubles, time, random, note } = world;
    this.disk = new SimulatedDisk(medium, troubles, time, random, this, (line) => note(`disk: ${line}`));
  }

  /** @throws StorageError: the process cannot start */
  async boot(): Promise<void> {
    this.log = await SegmentLog.open({
      directory: LOG_DIRECTORY,
      segmentBytes: SEGMENT_BYTES,
      pendingBytes: PENDING_BYTES,
      isReadByOthers: true,
      notice: (message) => this.world.note(`log: ${message}`),
      disk: this.disk,
      clock: this.world.time,
    });
  }

  async stop(): Promise<void> {
    const { log } = this;
    this.log = undefined;
    await log?.close();
    this.kill();
  }

  kill(): void {
    this.log = undefined;
    this.isAlive = false;
    this.disk.kill();
  }
}
