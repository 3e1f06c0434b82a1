/** The promise behind a 200, in the reply's `Inlet-Ack` header; from strongest to weakest. */
export const ACKS = ['kafka', 'spool', 'log', 'spool-ephemeral'] as const;
export type Ack = (typeof ACKS)[number];

/** What can be promised of both: folds over deliveries, beginning with none. */
export function weakerAck(a: Ack | undefined, b: Ack): Ack {
  return a !== undefined && ACKS.indexOf(a) > ACKS.indexOf(b) ? a : b;
}
