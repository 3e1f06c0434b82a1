import type { BodyStore } from '@app/decoder';
import type { HandedAnswer, HandedRequest } from './handed-request.js';

/** The process that a body is for. */
export interface HandoverEnd {
  chunk(id: number, bytes: Buffer): void;
  off(id: number): void;
  answer(id: number, request: HandedRequest): Promise<HandedAnswer>;
}

/** A body that another process has, chunk by chunk as it comes: here there is never more of it than what the pipe did not take yet. */
export class HandedBody implements BodyStore<HandedBody> {
  #isOff = false;

  constructor(
    private readonly id: number,
    private readonly end: HandoverEnd,
  ) {}

  add(chunk: Buffer): void {
    this.end.chunk(this.id, chunk);
  }

  clear(): void {
    if (!this.#isOff) this.end.off(this.id);
    this.#isOff = true;
  }

  finish(): HandedBody {
    return this;
  }

  /** @throws CaptureError `transient` when the process ends before it answers */
  answer(request: HandedRequest): Promise<HandedAnswer> {
    return this.end.answer(this.id, request);
  }
}
