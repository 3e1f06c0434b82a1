/** A text, or one that is repeated until so many bytes are full (or the last repetition would not fit). */
export type Part = string | Buffer | Repetition;

export interface Repetition {
  readonly repeat: string | Buffer;
  readonly bytes: number;
}

const CHUNK_BYTES = 256 * 1024;

export function repeat(text: string | Buffer, bytes: number): Repetition {
  return { repeat: text, bytes };
}

/** The bytes of the parts, in chunks: a body of 100 MB is never held in whole. */
export function* chunksOf(parts: readonly Part[]): Generator<Buffer> {
  for (const part of parts) {
    if (typeof part === 'string') yield Buffer.from(part);
    else if (Buffer.isBuffer(part)) yield part;
    else yield* repetitionOf(part);
  }
}

function* repetitionOf({ repeat: text, bytes }: Repetition): Generator<Buffer> {
  const unit = Buffer.from(text);
  if (unit.length === 0) return;
  const times = Math.floor(bytes / unit.length);
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / unit.length));
  const chunk = Buffer.alloc(Math.min(times, perChunk) * unit.length, unit);
  for (let left = times; left > 0; left -= perChunk) yield left >= perChunk ? chunk : chunk.subarray(0, left * unit.length);
}

export function sizeOf(parts: readonly Part[]): number {
  let size = 0;
  for (const chunk of chunksOf(parts)) size += chunk.length;
  return size;
}
