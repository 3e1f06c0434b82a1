import type { SharedLimits } from '@app/event';

/** How late the other process may learn of what was not said at once. */
const MIRROR_MS = 50;

export interface LimitsMirror {
  /** Says at once what has changed. */
  sync(): void;
  stop(): void;
}

/**
 * Keeps the other process told of what this one holds: every 50 ms, and when it is asked to. So both together may
 * pass a limit by what one of them takes within that and a turn of its event loop.
 *
 * @param beatMs after so long it is said even if nothing has changed
 */
export function mirrorLimits({ own }: SharedLimits, tell: (own: Buffer) => void, beatMs = Infinity): LimitsMirror {
  const said = new Float64Array(own.length);
  let saidAt = performance.now();
  const sync = () => {
    const now = performance.now();
    if (now - saidAt < beatMs && own.every((bytes, index) => bytes === said[index])) return;
    saidAt = now;
    said.set(own);
    // A copy: it may wait for the pipe.
    tell(Buffer.from(said.slice().buffer));
  };
  const timer = setInterval(sync, MIRROR_MS).unref();
  return { sync, stop: () => clearInterval(timer) };
}

export function decodeLimits(payload: Buffer): Float64Array {
  return new Float64Array(new Uint8Array(payload).buffer);
}
