import { expect, it } from 'vitest';
import type { BatchRecord } from '../records/record-batch.js';
import { contentSize } from '../records/record.js';
import { encodeRecordBatch } from '../records/record-batch.js';
import { readProduceRequest } from '../testing/read-produce-request.js';
import { produceRequest } from './produce-request.js';

const record = (value: string): BatchRecord => {
  const message = { topic: 't', key: 'k', value: Buffer.from(value), headers: {} };
  return { message, size: contentSize(message) };
};

it('asks for the acknowledgement of all in-sync replicas, whatever it sends', async () => {
  const batches = [0, 1].map((partition) => ({ topic: 't', partition, leader: 1, records: [record(`v${partition}`)], timestamp: 5 }));
  const identity = { timestamp: 5, producerId: 3n, producerEpoch: 0, baseSequence: 9 };
  const encoded = await Promise.all(batches.map(async ({ records }) => encodeRecordBatch(records, identity, 'none')));
  const { acks, batches: sent } = readProduceRequest(Buffer.from(produceRequest(batches, encoded, 2000).buffer));
  expect(acks).toBe(-1);
  expect(sent).toEqual(
    [0, 1].map((partition) => ({
      topic: 't',
      partition,
      producerId: 3n,
      sequence: 9,
      timestamp: 5,
      values: [`v${partition}`],
      times: [5],
    })),
  );
});

it('carries no time where there is none, and none out of bounds', async () => {
  const own = { message: { topic: 't', key: null, value: Buffer.from('own'), headers: {}, timestamp: 99 }, size: 20 };
  const read = async (timestamp: number, bounds?: { from: number; to: number }) => {
    const records = [record('a'), own];
    const encoded = await encodeRecordBatch(records, { timestamp, bounds, producerId: -1n, producerEpoch: -1, baseSequence: -1 }, 'none');
    const request = produceRequest([{ topic: 't', partition: 0, leader: 1, records, timestamp }], [encoded], 1);
    return readProduceRequest(Buffer.from(request.buffer)).batches[0].times;
  };
  expect(await read(50)).toEqual([50, 99]);
  expect(await read(50, { from: 60, to: 80 })).toEqual([60, 80]);
  expect(await read(50, { from: -1, to: -1 })).toEqual([-1, -1]);
});
