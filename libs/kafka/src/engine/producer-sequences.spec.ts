import { describe, expect, it } from 'vitest';
import type { PartitionBatch, PartitionOutcome } from './producer-engine.js';
import { ProducerSequences } from './producer-sequences.js';

const batch = (records = 1, partition = 0): PartitionBatch => ({
  topic: 't',
  partition,
  leader: 1,
  records: new Array(records).fill(undefined) as never,
  timestamp: 0,
});
const ok: PartitionOutcome = { ok: true, baseOffset: 0n };
const refused = (ambiguous: boolean): PartitionOutcome => ({ ok: false, kind: 'retryable', ambiguous, error: 'E', answered: true });

function sequences(): ProducerSequences {
  let next = 100n;
  return new ProducerSequences(() => Promise.resolve({ producerId: next++, producerEpoch: 0 }));
}

async function numbers(of: ProducerSequences, one: PartitionBatch): Promise<[number, number]> {
  const { producerId, baseSequence } = await of.claim(one);
  return [Number(producerId), baseSequence];
}

describe('ProducerSequences', () => {
  it('counts records up a partition, under one producer id for all partitions', async () => {
    const all = sequences();
    const [first, second, elsewhere] = [batch(3), batch(2), batch(5, 1)];
    expect(await numbers(all, first)).toEqual([100, 0]);
    all.settle(first, ok, false);
    expect(await numbers(all, second)).toEqual([100, 3]);
    expect(await numbers(all, elsewhere)).toEqual([100, 0]);
  });

  it('gives a batch that is sent again its old numbers, whether it was written or not', async () => {
    const all = sequences();
    const one = batch(3);
    await all.claim(one);
    all.settle(one, refused(true), false);
    expect(await numbers(all, one)).toEqual([100, 0]);
    all.settle(one, refused(false), false);
    expect(await numbers(all, one)).toEqual([100, 0]);
  });

  it('gives the numbers of a batch that was surely not written to the next one', async () => {
    const all = sequences();
    const whole = batch(4);
    await all.claim(whole);
    all.settle(whole, refused(false), false);
    expect(await numbers(all, batch(2))).toEqual([100, 0]);
  });

  it('begins anew, that partition alone, when a batch was given up that may have been written', async () => {
    const all = sequences();
    const [lost, next, elsewhere] = [batch(3), batch(2), batch(1, 1)];
    await all.claim(lost);
    all.settle(lost, refused(true), false);
    expect(await numbers(all, next)).toEqual([101, 0]);
    all.settle(next, ok, false);
    expect(await numbers(all, batch())).toEqual([101, 2]);
    expect(await numbers(all, elsewhere)).toEqual([100, 0]);
  });

  it('stays unsure when a later attempt was surely refused: the first may have been written all the same', async () => {
    const all = sequences();
    const one = batch(3);
    await all.claim(one);
    all.settle(one, refused(true), false);
    await all.claim(one);
    expect(all.settle(one, refused(false), false)).toMatchObject({ ambiguous: true });
    expect(await numbers(all, batch())).toEqual([101, 0]);
  });

  it('never takes the shared id again for a partition whose sequence the broker lost', async () => {
    const all = sequences();
    const one = batch();
    await all.claim(one);
    all.settle(one, refused(false), true);
    expect(await numbers(all, one)).toEqual([101, 0]);
    expect(await numbers(all, batch(1, 1))).toEqual([100, 0]);
  });

  it('asks again for a producer id after it could not be had', async () => {
    let down = true;
    const all = new ProducerSequences(() =>
      down ? Promise.reject(new Error('down')) : Promise.resolve({ producerId: 1n, producerEpoch: 0 }),
    );
    await expect(all.claim(batch())).rejects.toThrow('down');
    down = false;
    expect(await numbers(all, batch())).toEqual([1, 0]);
  });

  it('wraps around as brokers do, after 2^31 records', async () => {
    const all = sequences();
    const huge = { ...batch(), records: { length: 2 ** 31 - 1 } as never };
    await all.claim(huge);
    all.settle(huge, ok, false);
    const last = batch(2);
    expect(await numbers(all, last)).toEqual([100, 2 ** 31 - 1]);
    all.settle(last, ok, false);
    expect(await numbers(all, batch())).toEqual([100, 1]);
  });
});
