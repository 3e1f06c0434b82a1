import type { BodyStore } from '@app/decoder';
import type { ThreadAnswer, ThreadRequest, ToThread } from './thread-request.js';

/** The thread that a body is for. */
export interface ThreadEnd {
  post(message: ToThread, transfer: ArrayBuffer[]): void;
  answer(id: number, request: ThreadRequest): Promise<ThreadAnswer>;
}

/**
 * A body that the thread has, chunk by chunk as it comes: memory outside of V8's heap is what makes V8 collect, and here there is
 * never more of it than a chunk.
 */
export class ThreadBody implements BodyStore<ThreadBody> {
  #isOff = false;

  constructor(
    private readonly id: number,
    private readonly thread: ThreadEnd,
  ) {}

  add(chunk: Buffer): void {
    const bytes = ownBytes(chunk);
    this.thread.post({ id: this.id, chunk: bytes }, [bytes.buffer]);
  }

  clear(): void {
    if (!this.#isOff) this.thread.post({ id: this.id, isOff: true }, []);
    this.#isOff = true;
  }

  finish(): ThreadBody {
    return this;
  }

  /** @throws CaptureError `transient` when the thread ends before it answers */
  answer(request: ThreadRequest): Promise<ThreadAnswer> {
    return this.thread.answer(this.id, request);
  }
}

/** With nothing else in its buffer, as that is transferred. */
function ownBytes(chunk: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer } = chunk;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === chunk.length;
  return isAlone ? new Uint8Array(buffer) : new Uint8Array(chunk);
}
