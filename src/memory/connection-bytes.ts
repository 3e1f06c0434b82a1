/** Of MAX_IN_FLIGHT_BYTES, and beside it: heads that are being read, and requests that wait behind another one of their connection. */
export const HEADS_SHARE = 1 / 8;
export const PIPELINED_SHARE = 1 / 8;
/** What was read of connections and waits for its turn; the room of connections must not be loaded yet, and a spec holds the two together. */
export const READ_AHEAD_BYTES = 32 * 2 ** 20;

/** What connections of so many processes may hold beside their requests, bytes. @param inFlight MAX_IN_FLIGHT_BYTES of all of them */
export function connectionBytes(inFlight: number, processes = 1): number {
  return inFlight * (HEADS_SHARE + PIPELINED_SHARE) + processes * READ_AHEAD_BYTES;
}
