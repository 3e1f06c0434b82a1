import type { Kernel } from './kernel.js';
import { PAYLOAD, WHOLE, WINDOW, type Window } from './memory.js';
import { AT_ONCE_BYTES, giveBack, withOwnKernel } from './pool.js';

/**
 * Items side by side: their span in the array's text, and where that lies once the text is escaped into a JSON string. The
 * difference of two such positions is what everything between them takes there, to the byte.
 */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly escapedStart: number;
  readonly escapedEnd: number;
}

/**
 * Why a run ends: the array does, there is no room for the next item (`full`), or no message has room for it (`before-item`).
 * `item`: it is no run, but that item. `paused`: so many bytes were looked at that others should have a turn; the next call goes on.
 */
export type RunEnd = 'end' | 'full' | 'paused' | 'failed' | 'item' | 'before-item';
const ENDS: readonly RunEnd[] = ['end', 'full', 'paused', 'failed', 'item', 'before-item'];

/**
 * Begins to cut an array; later, while others have all kernels. One of its own: what is done with a run, a marker for an item, may
 * use the shared one.
 *
 * @param json valid JSON, binary text
 */
export function openItems(json: string): ItemRuns | Promise<ItemRuns> {
  return withOwnKernel((kernel) => new ItemRuns(kernel, json, json.length <= AT_ONCE_BYTES ? WHOLE : WINDOW));
}

/** Cuts an array's items into runs that fit, without making anything of an item: a recording has millions of them. */
export class ItemRuns {
  private readonly length: number;

  constructor(
    private readonly kernel: Kernel,
    json: string,
    window: Window,
  ) {
    this.length = json.length;
    kernel.open(json, window);
    kernel.calls.beginItems(PAYLOAD, json.length, window.size, window.room);
  }

  /**
   * @param left bytes there are for this run, escaped, with the commas in it
   * @param room bytes there are in an empty message
   */
  next(left: number, room: number, bytes = this.length + 1): RunEnd {
    return ENDS[this.kernel.calls.nextRun(Math.max(0, left), Math.max(0, room), bytes)];
  }

  /** What the last call came to; empty when there was room for nothing. */
  get run(): Run {
    const { runStart, runEnd, runEscaped, runEscapedEnd } = this.kernel.calls;
    return { start: runStart.value, end: runEnd.value, escapedStart: runEscaped.value, escapedEnd: runEscapedEnd.value };
  }

  release(): void {
    giveBack(this.kernel);
  }
}
