import { expect, it } from 'vitest';
import { ACKS, weakerAck, type Ack } from './ack.js';

it('gives the weaker of two promises, whichever comes first', () => {
  for (const [i, a] of ACKS.entries()) {
    for (const [j, b] of ACKS.entries()) expect(weakerAck(a, b)).toBe(ACKS[Math.max(i, j)]);
  }
});

it('begins with any promise where there was none', () => {
  for (const ack of ACKS) expect(weakerAck(undefined, ack)).toBe(ack);
  expect((['kafka', 'log', 'spool'] as const).reduce<Ack | undefined>(weakerAck, undefined)).toBe('log');
});
