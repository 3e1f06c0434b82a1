import type { Writable } from 'node:stream';

/**
 * What passes between the process that serves and the one that works on recordings, beside questions and answers: a pipe of
 * frames. Node's own channel between processes costs the one that sends a body four times the processor time (1.4 to 2.5 ms a
 * megabyte against 0.5): it copies each message three times.
 */
export const FRAME = {
  /** To the worker: the next bytes of a body. */
  chunk: 1,
  /** To the worker: its body is all there; a `HandedRequest` as JSON. */
  request: 2,
  /** To the worker: it was refused, or its client has gone. */
  off: 3,
  /** From the worker: see `answerParts`. */
  answer: 4,
  /** From the worker, which failed at it. */
  failure: 5,
  /** Both ways: what the sender holds of the limits that both have together (`SharedLimits.own`). */
  limits: 6,
} as const;
export type FrameKind = (typeof FRAME)[keyof typeof FRAME];

/** A byte for the kind, four for the id of the request, four for the length of what follows. */
const HEAD_BYTES = 9;

/** With one system call for all that is written in a turn of the event loop. */
export function writeFrame(to: Writable, kind: FrameKind, id: number, ...parts: readonly Uint8Array[]): void {
  writeHead(to, kind, id, parts);
  for (const part of parts) if (part.length > 0) to.write(part);
}

/** The next bytes of a body. @param taken is called when the pipe has them all */
export function writeChunk(to: Writable, id: number, bytes: Uint8Array, taken: () => void): void {
  writeHead(to, FRAME.chunk, id, [bytes]);
  to.write(bytes, taken);
}

function writeHead(to: Writable, kind: FrameKind, id: number, parts: readonly Uint8Array[]): void {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head[0] = kind;
  head.writeUInt32LE(id, 1);
  head.writeUInt32LE(
    parts.reduce((sum, { length }) => sum + length, 0),
    5,
  );
  if (to.writableCorked === 0) {
    to.cork();
    setImmediate(() => to.uncork());
  }
  to.write(head);
}

export interface FrameListener {
  /** A piece of a chunk, as it comes; it may be overwritten after the call. */
  chunk(id: number, piece: Buffer): void;
  /** Any other frame in whole, to be kept. */
  frame(kind: FrameKind, id: number, payload: Buffer): void;
}

/** Frames out of bytes, however these are cut. @returns what is told of the next ones */
export function frameReader(to: FrameListener): (bytes: Buffer) => void {
  const head = Buffer.alloc(HEAD_BYTES);
  let headLength = 0;
  /** Of its payload; only while its head is complete. */
  let missing = 0;
  let payload: Buffer | undefined;

  const kind = () => head[0] as FrameKind;
  const id = () => head.readUInt32LE(1);
  const end = () => {
    headLength = 0;
    if (payload !== undefined) to.frame(kind(), id(), payload);
    payload = undefined;
  };

  return (bytes) => {
    for (let at = 0; at < bytes.length;) {
      if (headLength < HEAD_BYTES) {
        const copied = bytes.copy(head, headLength, at);
        [headLength, at] = [headLength + copied, at + copied];
        if (headLength < HEAD_BYTES) return;
        missing = head.readUInt32LE(5);
        if (kind() !== FRAME.chunk) payload = Buffer.allocUnsafeSlow(missing);
        if (missing === 0) end();
        continue;
      }
      const piece = bytes.subarray(at, at + missing);
      if (payload === undefined) to.chunk(id(), piece);
      else piece.copy(payload, payload.length - missing);
      [missing, at] = [missing - piece.length, at + piece.length];
      if (missing === 0) end();
    }
  };
}
