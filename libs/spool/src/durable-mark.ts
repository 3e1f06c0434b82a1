import { join } from 'node:path';
import type { Disk, DiskFile } from './disk.js';

const FILE = 'durable';
/** The number, and its complement: a write may fail in its middle. */
const BYTES = 16;

/**
 * Tells other processes how far a log is durable. What lies beyond is being written: should that fail, it goes again, its senders
 * are told so, and after a restart its numbers may be those of other records. Whoever read it would then miss those.
 *
 * It is for readers on this machine and is never synced: after a loss of power it may be behind until the log is opened again. Who
 * reads meanwhile is told so (`onHeld`).
 */
export class DurableMark {
  #file: DiskFile | undefined;
  #end = 0;
  #isBehind = false;

  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
  ) {}

  /** Every record with a number up to `end` is durable. Never rejects: a mark that stays behind keeps readers waiting, until `setAgain`. */
  async set(end: number): Promise<void> {
    this.#end = end;
    try {
      if (this.#file === undefined) this.#file = await this.#create();
      else await this.#file.write(encode(end), 0);
      this.#isBehind = false;
    } catch {
      this.#isBehind = true;
    }
  }

  async setAgain(): Promise<void> {
    if (this.#isBehind) await this.set(this.#end);
  }

  async close(): Promise<void> {
    await this.setAgain();
    await this.#file?.close().catch(() => {});
  }

  /** Takes the place of an earlier process's in one step: without a mark readers would read whatever there is. */
  async #create(): Promise<DiskFile> {
    const path = join(this.directory, FILE);
    await this.disk.remove(`${path}.new`);
    const file = await this.disk.create(`${path}.new`);
    try {
      await file.write(encode(this.#end), 0);
      await this.disk.rename(`${path}.new`, path);
      return file;
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
  }
}

/**
 * The number up to which records are durable; Infinity where nobody tells.
 *
 * @throws the disk's error
 */
export async function durableEnd(disk: Disk, directory: string): Promise<number> {
  let file: DiskFile;
  try {
    file = await disk.openForReading(join(directory, FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Infinity;
    throw error;
  }
  try {
    const bytes = Buffer.alloc(BYTES);
    await file.read(bytes, 0);
    return decode(bytes);
  } finally {
    await file.close();
  }
}

function encode(end: number): Buffer {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeBigUInt64LE(BigInt(end));
  bytes.writeBigUInt64LE(~BigInt(end) & 0xffff_ffff_ffff_ffffn, 8);
  return bytes;
}

/** Zeros are what a loss of power leaves of a file; anything else that is no number is being written. */
function decode(bytes: Buffer): number {
  if (bytes.every((byte) => byte === 0)) return Infinity;
  const end = Number(bytes.readBigUInt64LE());
  return encode(end).equals(bytes) ? end : 0;
}
