const NODE_DIGITS = 12;
const NODES = 2 ** 48;

/**
 * The UUID of a recording's n-th message: the first has the event's own, the others count on from it in the last 48 bits.
 * A request sent again makes the same ones, so that who drops duplicates by UUID drops copies and never another part.
 */
export function partUuid(uuid: string, index: number): string {
  if (index === 0) return uuid;
  const node = (Number.parseInt(uuid.slice(-NODE_DIGITS), 16) + index) % NODES;
  return uuid.slice(0, -NODE_DIGITS) + node.toString(16).padStart(NODE_DIGITS, '0');
}
