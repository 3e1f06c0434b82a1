import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { register } from 'prom-client';

/** Rendering takes a millisecond of the event loop, and anybody may ask on the public port. */
const RENDERED_EVERY_MS = 1000;

/**
 * Has a page rendered at most once in `everyMs` for all who ask. Who asks sooner waits for the next one: whatever was counted before a
 * question is in its answer. All get the same bytes, so that answers that nobody reads hold nothing.
 */
export function sharedPage(render: () => Promise<string>, everyMs: number): () => Promise<Buffer> {
  let last: Promise<unknown> = Promise.resolve();
  let lastAt = -Infinity;
  /** Not begun: it is for all who ask until then. */
  let next: Promise<Buffer> | undefined;

  const begin = async () => {
    await last;
    const waitMs = lastAt + everyMs - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { ref: false });
    lastAt = performance.now();
    next = undefined;
    const rendering = render().then((text) => Buffer.from(text));
    last = rendering.catch(() => {});
    return rendering;
  };
  return () => (next ??= begin());
}

/** What /metrics says, wherever it is asked. */
@Injectable()
export class MetricsPage {
  readonly contentType = register.contentType;
  #render = () => register.metrics();
  #read = sharedPage(() => this.#render(), RENDERED_EVERY_MS);

  /** Another text: what several processes or threads have counted. @param everyMs 0 where the other end sees to it */
  renderBy(render: () => Promise<string>, everyMs: number = RENDERED_EVERY_MS): void {
    this.#render = render;
    this.#read = sharedPage(render, everyMs);
  }

  /** For whoever asks over a connection. */
  read(): Promise<Buffer> {
    return this.#read();
  }

  /** At once, for this process itself. */
  async renderNow(): Promise<Buffer> {
    return Buffer.from(await this.#render());
  }
}
