import { NoSpoolMetrics, SegmentLog, type ReaderPosition, type Retention } from '@app/spool';
import { SimulatedDisk } from '@app/spool/testing';
import type { Owner } from '@app/testing';
import type { Surroundings } from '../world/surroundings.js';

export const LOG_DIRECTORY = '/data/log';
const SEGMENT_BYTES = 64 * 1024;
export const PENDING_BYTES = 256 * 1024;

interface LogSurroundings extends Surroundings {
  readonly retention: Retention | undefined;
  /** How far who reads under a name has come. */
  readonly positions: () => readonly ReaderPosition[];
  /** So many events are told deleted. */
  readonly deleted: (events: number) => void;
}

/** One life of a process with the embedded log. */
export class LogLife implements Owner {
  isAlive = true;
  readonly disk: SimulatedDisk;
  log: SegmentLog | undefined;

  constructor(private readonly world: LogSurroundings) {
    const { medium, troubles, time, random, note } = world;
    this.disk = new SimulatedDisk(medium, troubles, time, random, this, (line) => note(`disk: ${line}`));
  }

  /** @throws StorageError: the process cannot start */
  async boot(): Promise<void> {
    const { retention, positions, deleted } = this.world;
    const metrics = Object.assign(new NoSpoolMetrics(), { expired: deleted });
    this.log = await SegmentLog.open({
      retention,
      readers: { positions },
      metrics,
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
