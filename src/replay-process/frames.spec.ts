import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FRAME, frameReader, writeChunk, writeFrame, type FrameKind } from './frames.js';
import { answerParts, decodeAnswer } from './handed-request.js';

const BODY = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));

/** Four frames, as they are on the wire. */
async function wire(): Promise<Buffer> {
  const pipe = new PassThrough();
  let isTaken = false;
  writeChunk(pipe, 7, BODY, () => (isTaken = true));
  writeFrame(pipe, FRAME.off, 2 ** 32 - 1);
  writeFrame(pipe, FRAME.answer, 8, ...answerParts({ status: 200, headers: { 'x-ü': ['a', 'b'] }, body: BODY }));
  writeFrame(pipe, FRAME.limits, 0, Buffer.alloc(0), Buffer.from('held'));
  pipe.end();
  const bytes = Buffer.concat(await pipe.toArray());
  expect(isTaken).toBe(true);
  return bytes;
}

function read(pieces: readonly Buffer[]) {
  const chunks: number[] = [];
  const frames: [FrameKind, number, Buffer][] = [];
  const hear = frameReader({
    chunk: (id, piece) => {
      expect(id).toBe(7);
      chunks.push(...piece);
    },
    frame: (...frame) => frames.push(frame),
  });
  for (const piece of pieces) hear(piece);
  return { chunks: Buffer.from(chunks), frames };
}

describe('frames', () => {
  it.each([1, 3, 9, 10, 1009, 100_000])('are the same ones in pieces of %i bytes', async (length) => {
    const bytes = await wire();
    const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
    const { chunks, frames } = read(pieces);
    expect(chunks).toEqual(BODY);
    expect(frames.map(([kind, id]) => [kind, id])).toEqual([
      [FRAME.off, 2 ** 32 - 1],
      [FRAME.answer, 8],
      [FRAME.limits, 0],
    ]);
    expect(decodeAnswer(frames[1][2])).toEqual({ status: 200, headers: { 'x-ü': ['a', 'b'] }, body: BODY });
    expect(frames[2][2].toString()).toBe('held');
  });

  it('are kept, whatever becomes of the buffer that they came in', async () => {
    const bytes = await wire();
    const { frames } = read([bytes]);
    bytes.fill(0);
    expect(frames[2][2].toString()).toBe('held');
  });
});
