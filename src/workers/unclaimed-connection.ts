import type { ChildProcess, SendHandle } from 'node:child_process';

interface Closable {
  close(): void;
}

/** Which process a connection was given to last: one that a worker refuses goes on to another. */
const holders = new WeakMap<Closable, ChildProcess>();

/**
 * Closes the connection that a process was being given when it died. Node's round robin waits for the worker's word before it
 * lets go of a connection; a worker that was killed in between gives none, and the client would wait until it tires (seen
 * once a kill, under load). Closed, it is sent again at once. There is never more than one: the next one is given only after
 * the last was taken. Closing one that was taken already does nothing: the primary's end of it is closed then.
 */
export function closeUnclaimedConnection(child: ChildProcess): void {
  let last: Closable | undefined;
  const send = child.send.bind(child) as (message: unknown, handle?: SendHandle, ...rest: unknown[]) => boolean;
  const remember = (message: unknown, handle?: SendHandle, ...rest: unknown[]): boolean => {
    if (isClosable(handle)) {
      last = handle;
      holders.set(handle, child);
    }
    return send(message, handle, ...rest);
  };
  child.send = remember as ChildProcess['send'];
  child.once('exit', () => {
    if (last !== undefined && holders.get(last) === child) last.close();
  });
}

function isClosable(handle: unknown): handle is Closable {
  return typeof (handle as Partial<Closable> | undefined)?.close === 'function';
}
