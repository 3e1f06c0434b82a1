import type { Socket } from 'node:net';

/** What is remembered of a connection. */
export interface ConnectionMark {
  /** When it was opened or began its latest request: an order is all that is asked for, and no clock is cheaper. */
  use: number;
  /** `use` as it was when it was last looked at. */
  useThen: number;
  /** When it was first seen to be at this use, or last seen at work on it, milliseconds; and what had been read of it by then, bytes. */
  since: number;
  bytesThen: number;
  /** What had been read of it when it was last seen to be at no head, bytes. */
  bytesBeforeHead: number;
  /** `use` when the present head was first seen while it was read, or -1; and when that was, milliseconds. */
  headUse: number;
  headSince: number;
}

const MARK = Symbol('mark');
type Marked = Socket & { [MARK]?: ConnectionMark };

export function markOf(socket: Socket): ConnectionMark {
  return ((socket as Marked)[MARK] ??= {
    use: 0,
    useThen: -1,
    since: Infinity,
    bytesThen: 0,
    bytesBeforeHead: 0,
    headUse: -1,
    headSince: Infinity,
  });
}
