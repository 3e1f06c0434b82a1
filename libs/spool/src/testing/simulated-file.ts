import type { SeededRandom } from '@app/testing';

/** What a disk writes as a whole. */
export const SECTOR_BYTES = 512;

/** A file as the system shows it, and as it would be found after a loss of power. */
export class SimulatedFile {
  size = 0;
  mtimeMs = 0;
  #data: Buffer = Buffer.alloc(0);
  #durable: Buffer = Buffer.alloc(0);
  #durableSize = 0;
  /** Sectors that only the system's memory has. */
  readonly #unsynced = new Set<number>();
  readonly #unreadable = new Set<number>();

  constructor(readonly name: string) {}

  write(bytes: Uint8Array, position: number, now: number): void {
    const end = position + bytes.length;
    this.#data = withRoom(this.#data, end);
    this.#data.set(bytes, position);
    this.size = Math.max(this.size, end);
    this.mtimeMs = now;
    for (let sector = sectorOf(position); sector <= sectorOf(end - 1); sector++) {
      this.#unsynced.add(sector);
      // Written anew it is another sector of the medium.
      if (this.#unreadable.has(sector) && position <= sector * SECTOR_BYTES && end >= (sector + 1) * SECTOR_BYTES)
        this.#unreadable.delete(sector);
    }
  }

  /** How many bytes there are from `position`. @throws Error `EIO` where a sector cannot be read */
  read(target: Buffer, position: number): number {
    const bytes = Math.max(0, Math.min(target.length, this.size - position));
    if (this.#unreadable.size > 0) {
      for (let sector = sectorOf(position); sector <= sectorOf(position + bytes - 1); sector++) {
        if (this.#unreadable.has(sector)) throw systemError('EIO', 'read');
      }
    }
    this.#data.copy(target, 0, position, position + bytes);
    return bytes;
  }

  truncate(bytes: number): void {
    if (bytes >= this.size) return;
    this.#data.fill(0, bytes, this.size);
    this.size = bytes;
    for (const sector of this.#unsynced) if (sector * SECTOR_BYTES >= bytes) this.#unsynced.delete(sector);
    this.#unsynced.add(sectorOf(bytes));
  }

  sync(): void {
    for (const sector of this.#unsynced) this.#harden(sector);
    this.#unsynced.clear();
    this.#durableSize = this.size;
  }

  /** As Linux does it: what could not be written counts as written from now on, and is not there after a loss of power. */
  failSync(): void {
    this.#unsynced.clear();
  }

  /** The power is lost: of what was not synced each sector is there or not. */
  losePower(random: SeededRandom): void {
    const chance = random.pick([0, 0.5, 1]);
    for (const sector of this.#unsynced) if (random.chance(chance)) this.#harden(sector);
    this.#unsynced.clear();
    const isGrowthKept = random.chance(chance);
    this.size = isGrowthKept ? this.size : Math.min(this.size, this.#durableSize);
    this.#durableSize = this.size;
    this.#durable = withRoom(this.#durable, this.size);
    this.#data = Buffer.from(this.#durable);
    this.#data.fill(0, this.size);
    this.#durable.fill(0, this.size);
  }

  breakSector(sector: number): void {
    this.#unreadable.add(sector);
  }

  mendSectors(): void {
    this.#unreadable.clear();
  }

  /** What lies there, whatever a program would be told. */
  get bytes(): Buffer {
    return this.#data.subarray(0, this.size);
  }

  #harden(sector: number): void {
    const [from, to] = [sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES];
    this.#durable = withRoom(this.#durable, to);
    this.#durable.fill(0, from, to);
    this.#data.copy(this.#durable, from, from, Math.min(to, this.size));
  }
}

const sectorOf = (position: number): number => Math.floor(position / SECTOR_BYTES);

function withRoom(buffer: Buffer, bytes: number): Buffer {
  if (buffer.length >= bytes) return buffer;
  const larger = Buffer.alloc(Math.max(2 * buffer.length, Math.ceil(bytes / 4096) * 4096));
  larger.set(buffer);
  return larger;
}

export function systemError(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: ${call} failed`), { code });
}
