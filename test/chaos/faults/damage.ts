import { globSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The segment files of a spool, oldest first, that hold anything. */
export function segmentsOf(spoolDir: string): string[] {
  return globSync('slot-*/**/*.seg', { cwd: spoolDir })
    .map((name) => join(spoolDir, name))
    .filter((file) => statSync(file).size > 10_000)
    .toSorted();
}

/** One bit, `part` of the way through the file. */
export function flipBit(file: string, part: number): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length * part);
  bytes[at] = bytes[at] ^ 1;
  writeFileSync(file, bytes);
}

/** As after a crash of a file system that had the size, but not the data, on disk. */
export function zeroPage(file: string, part: number): void {
  const bytes = readFileSync(file);
  const page = Math.floor((bytes.length * part) / 4096) * 4096;
  bytes.fill(0, page, page + 4096);
  writeFileSync(file, bytes);
}

export function cutTail(file: string, bytes: number): void {
  truncateSync(file, statSync(file).size - bytes);
}
