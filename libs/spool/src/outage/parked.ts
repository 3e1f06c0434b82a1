import { join } from 'node:path';
import type { Clock } from '@app/event';
import type { Disk } from '../disk.js';
import { readLog } from '../log-reader.js';
import { payloadBytes, RECORD_HEADER_BYTES } from '../record.js';
import { segmentNames } from '../segment-format.js';
import { SegmentLog } from '../segment-log.js';
import { encodeSpooled, type SpooledMessage } from './spooled-message.js';

const FOLDER = 'parked';
const SEGMENT_BYTES = 8 * 1024 * 1024;
const PENDING_BYTES = 64 * 1024 * 1024;
/** The folder is locked only while something is put there: `inlet drain --parked` works beside a gateway. */
const OPEN_MS = 1000;

export interface ParkedOptions {
  readonly disk: Disk;
  readonly notice?: (message: string) => void;
  readonly clock?: Clock;
}

export const parkedFolder = (slotDirectory: string): string => join(slotDirectory, FOLDER);

/** @throws StorageError `locked` while somebody puts something there */
export function openParked(slotDirectory: string, { disk, notice, clock }: ParkedOptions): Promise<SegmentLog> {
  const optional = { ...(notice && { notice }), ...(clock && { clock }) };
  return SegmentLog.open({
    ...optional,
    directory: parkedFolder(slotDirectory),
    segmentBytes: SEGMENT_BYTES,
    pendingBytes: PENDING_BYTES,
    disk,
  });
}

/**
 * Messages of a slot that neither their topic nor the dead-letter topic takes, on disk, out of the way of the others.
 * Nothing leaves but by an operator's hand.
 */
export class Parked {
  events = 0;
  bytes = 0;
  #log: Promise<SegmentLog> | undefined;
  /** Until it settles the folder is locked by the log that was open. */
  #closing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #seen: string | undefined;

  constructor(
    private readonly slotDirectory: string,
    private readonly options: ParkedOptions,
  ) {}

  /** Resolves when it is durable. @throws StorageError */
  async add(message: SpooledMessage): Promise<void> {
    clearTimeout(this.#timer);
    const payload = encodeSpooled(message);
    try {
      const log = await (this.#log ??= this.#closing.then(() => openParked(this.slotDirectory, this.options)));
      await log.append([payload]);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.events++;
    this.#seen = undefined;
    this.bytes += payloadBytes(payload) + RECORD_HEADER_BYTES;
    this.#timer = setTimeout(() => void this.close(), OPEN_MS).unref();
  }

  /** How many bytes there are. */
  async measure(): Promise<void> {
    this.bytes = (await this.#files()).reduce((sum, { size }) => sum + size, 0);
  }

  /** How many there are: somebody may have taken some. Reads them only if the files have changed. */
  async count(): Promise<void> {
    if (this.#log !== undefined) return;
    const files = await this.#files();
    const seen = files.map(({ name, size }) => `${name} ${size}`).join();
    if (seen === this.#seen) return;
    let events = 0;
    if (files.length > 0) for await (const record of readLog(this.options.disk, parkedFolder(this.slotDirectory))) events += record ? 1 : 0;
    // Something was put there meanwhile: the next time.
    if (this.#log !== undefined) return;
    this.events = events;
    this.bytes = files.reduce((sum, { size }) => sum + size, 0);
    this.#seen = seen;
  }

  /** What is being put there is stored before. */
  close(): Promise<void> {
    clearTimeout(this.#timer);
    const log = this.#log;
    this.#log = undefined;
    // One that could not be opened, or not be closed, has said so to whoever wrote to it.
    if (log !== undefined) this.#closing = log.then((open) => open.close()).catch(() => {});
    return this.#closing;
  }

  async #files(): Promise<{ name: string; size: number }[]> {
    const { disk } = this.options;
    const folder = parkedFolder(this.slotDirectory);
    const names = segmentNames(await disk.list(folder).catch(() => []));
    return Promise.all(
      names.map(async ({ file: name }) => {
        const file = await disk.openForReading(join(folder, name));
        try {
          return { name, size: (await file.stat()).size };
        } finally {
          await file.close();
        }
      }),
    );
  }
}
