import { join } from 'node:path';
import type { Disk, DiskFile } from './disk.js';
import { MARKER_BYTES, writeRecord, type Payload } from './record.js';
import { count, emptySegment, type SegmentInfo } from './segment-info.js';
import { encodeSegmentHeader, newSegmentName, SEGMENT_HEADER_BYTES } from './segment-format.js';

/** The one segment being written. After any error it is dead: what it holds up to `info.bytes` is durable, the rest never was. */
export class SegmentWriter {
  private constructor(
    private readonly disk: Disk,
    private readonly path: string,
    private readonly file: DiskFile,
    readonly info: SegmentInfo,
    /** Monotonic milliseconds. */
    readonly createdAt: number,
  ) {}

  /** A new file whose name and header are durable before the first record goes in. */
  static async create(disk: Disk, directory: string, firstSequence: number, createdAt: number, runningSeconds = 0): Promise<SegmentWriter> {
    const name = newSegmentName(firstSequence, disk.randomBytes(MARKER_BYTES));
    const path = join(directory, name.file);
    const file = await disk.create(path);
    try {
      await file.write(encodeSegmentHeader(name, runningSeconds), 0);
      await file.sync();
      await disk.syncDirectory(directory);
    } catch (error) {
      await discard(disk, path, file);
      throw error;
    }
    return new SegmentWriter(disk, path, file, emptySegment(name, SEGMENT_HEADER_BYTES, Math.floor(runningSeconds)), createdAt);
  }

  /** One write and one fdatasync for all of them; `info` counts them only when both came back. */
  async commit(group: Group): Promise<void> {
    const { bytes, events, lastSequence } = encodeGroup(group, this.info.name.marker);
    await this.file.write(bytes, this.info.bytes);
    await this.file.sync();
    this.info.bytes += bytes.length;
    this.info.events += events - 1;
    count(this.info, lastSequence, group.time);
    this.info.endedAt = group.runningSeconds;
  }

  /** Done with: the file is complete and never written to again. */
  close(): Promise<void> {
    return this.file.close();
  }

  /**
   * Gives up on it after an error; never throws. What was not acknowledged is cut off as far as the disk still lets us, to free
   * the space and so that no reader meets events whose senders were told to send them again.
   *
   * @returns false when nothing durable was in it and the file is gone
   */
  async abandon(): Promise<boolean> {
    if (this.info.events === 0) {
      await discard(this.disk, this.path, this.file);
      return false;
    }
    await this.file.close().catch(() => {});
    await this.disk.truncate(this.path, this.info.bytes).catch(() => {});
    return true;
  }
}

/** Records that are written with one write and made durable by one fdatasync. */
export interface Group {
  readonly payloads: readonly (readonly Payload[])[];
  readonly bytes: number;
  readonly firstSequence: number;
  readonly time: number;
  /** The log's running time. */
  readonly runningSeconds: number;
  /** Where it is encoded; at least `bytes` long. */
  readonly buffer: Buffer;
}

function encodeGroup(
  { payloads, firstSequence, time, buffer }: Group,
  marker: Buffer,
): { bytes: Buffer; events: number; lastSequence: number } {
  let end = 0;
  let sequence = firstSequence;
  for (const append of payloads) {
    for (const payload of append) end = writeRecord(buffer, end, marker, sequence++, time, payload);
  }
  return { bytes: buffer.subarray(0, end), events: sequence - firstSequence, lastSequence: sequence - 1 };
}

async function discard(disk: Disk, path: string, file: DiskFile): Promise<void> {
  await file.close().catch(() => {});
  await disk.remove(path).catch(() => {});
}
