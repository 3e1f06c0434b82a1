import { describe, expect, it, vi } from 'vitest';
import type { Disk } from '../disk.js';
import { DrainCursor, laneOf, wholeTopic } from './drain-cursor.js';
import { expire } from './drain-expiry.js';
import type { DrainLedger } from './drain-ledger.js';
import type { Slot } from './slot.js';
import { encodeSpooled } from './spooled-message.js';

/** Records 1 to `partitions.length` of one topic, as old as each other. */
function aSlot(partitions: readonly number[], cursor: DrainCursor): Slot {
  const records = partitions.map((partition, i) => {
    const message = { topic: 'events', key: `k${i}`, value: Buffer.from('v'), headers: {} };
    return { sequence: i + 1, time: 0, payload: Buffer.concat(encodeSpooled({ message, partition, isDead: false })) };
  });
  const slot = {
    cursor,
    end: records.length + 1,
    unresolved: new Set<string>(),
    meet: () => false,
    placeOf: ({ partition }: { partition?: number }) => partition,
    log: {
      ageMs: () => 1000,
      async *read({ from }: { from: { sequence: number } }) {
        for (const record of records) if (record.sequence >= from.sequence) yield record;
      },
    },
  };
  return slot as unknown as Slot;
}

describe('expire', () => {
  it('moves no place back: what was sent of other lanes of the topic is neither given up nor sent again', async () => {
    const cursor = new DrainCursor(undefined as unknown as Disk, '');
    // All was sent but for partition 7, whose first message is the second one.
    cursor.next = 7;
    cursor.behind.set(wholeTopic('events'), 7);
    cursor.behind.set(laneOf('events', 7), 2);
    const expired = vi.fn();
    const slot = aSlot([0, 7, 0, 1, 7, 2], cursor);
    await expire(slot, 10, { expired, recovered: () => {} } as unknown as DrainLedger, () => false);
    expect(expired.mock.calls.map(([, { sequence }]) => sequence as number)).toEqual([2, 5]);
    expect([...cursor.behind]).toEqual([
      ['events/*', 7],
      ['events/7', 6],
    ]);
  });
});
