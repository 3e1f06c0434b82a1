import { crc32c, createRecordsBatch, readRecordsBatch, Reader } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { CODECS } from '../kafka.config.js';
import type { ProducedMessage } from '../produced-message.js';
import { contentSize } from './record.js';
import { batchSize, encodeRecordBatch, type BatchIdentity } from './record-batch.js';

const identity: BatchIdentity = { timestamp: 1_750_000_000_000, producerId: 4711n, producerEpoch: 3, baseSequence: 42 };
const message = (over: Partial<ProducedMessage> = {}): ProducedMessage => ({
  topic: 't',
  key: 'k',
  value: Buffer.from('v'),
  headers: {},
  ...over,
});
const withSizes = (messages: readonly ProducedMessage[]) => messages.map((one) => ({ message: one, size: contentSize(one) }));

const SAMPLES: Record<string, ProducedMessage[]> = {
  'one small message': [message()],
  'a null key and a null value': [message({ key: null, value: null })],
  'an empty value and an empty header': [message({ value: Buffer.alloc(0), headers: { a: '' } })],
  'text beyond ASCII': [message({ key: 'ключ:日本', headers: { distinct_id: 'naïve 😀', ['naïve']: 'x' } })],
  'keys and headers as bytes': [message({ key: Buffer.from([0, 255, 128]), headers: { raw: Buffer.from([1, 2, 255]) } })],
  'every width of length': [63, 64, 8191, 8192, 70_000].map((size) => message({ key: 'x'.repeat(size), value: Buffer.alloc(size, 1) })),
  'more records than one byte of offset holds': Array.from({ length: 9000 }, (_, i) =>
    message({ key: `k${i}`, headers: { n: String(i) } }),
  ),
  'long header values': [message({ headers: { a: 'x'.repeat(65), b: 'y'.repeat(300), c: 'é'.repeat(300) } })],
};

describe('encodeRecordBatch', () => {
  it.each(Object.entries(SAMPLES))('writes %s byte for byte as another writer does', async (_, messages) => {
    const ours = await encodeRecordBatch(withSizes(messages), identity, 'none');
    const theirs = createRecordsBatch(
      messages.map(({ topic, key, value, headers }) => ({
        topic,
        partition: 0,
        timestamp: BigInt(identity.timestamp),
        key: key === null ? (null as never) : Buffer.from(key as string),
        value: value as Buffer,
        headers: new Map(Object.entries(headers).map(([name, given]) => [Buffer.from(name), Buffer.from(given as string)])),
      })),
      {
        producerId: identity.producerId,
        producerEpoch: identity.producerEpoch,
        sequences: { getWithDefault: () => identity.baseSequence } as never,
        partitionLeaderEpoch: -1,
      },
    ).buffer;
    expect(ours.equals(theirs)).toBe(true);
  });

  it.each(CODECS)('is read back by another reader with codec %s', async (codec) => {
    const messages = Array.from({ length: 50 }, (_, i) =>
      message({ key: `key ${i}`, value: Buffer.from(`value ${i}`.repeat(20)), headers: { i: String(i) } }),
    );
    const bytes = await encodeRecordBatch(withSizes(messages), identity, codec);
    const batch = readRecordsBatch(Reader.from(bytes));
    expect(batch.records.map(({ key, value, headers }) => [String(key), String(value), String(headers[0]?.[1])])).toEqual(
      messages.map(({ key, value }, i) => [key, String(value), String(i)]),
    );
    expect(batch).toMatchObject({
      length: bytes.length - 12,
      magic: 2,
      lastOffsetDelta: 49,
      producerId: 4711n,
      producerEpoch: 3,
      firstSequence: 42,
    });
    expect(batch.crc).toBe(crc32c(bytes.subarray(21)));
  });

  it('keeps the time of a message that names one, earlier or later than the batch', async () => {
    const times = [identity.timestamp - 86_400_000_000, identity.timestamp + 5, identity.timestamp];
    const bytes = await encodeRecordBatch(withSizes(times.map((timestamp) => message({ timestamp }))), identity, 'none');
    const batch = readRecordsBatch(Reader.from(bytes));
    expect(batch.records.map(({ timestampDelta }) => Number(batch.firstTimestamp + timestampDelta))).toEqual(times);
    expect(Number(batch.maxTimestamp)).toBe(identity.timestamp + 5);
  });

  it('writes one header for each value of a list, and none for undefined', async () => {
    const bytes = await encodeRecordBatch(
      withSizes([message({ headers: { a: ['1', Buffer.from('2')], b: undefined } })]),
      identity,
      'none',
    );
    expect(readRecordsBatch(Reader.from(bytes)).records[0]?.headers.map(String)).toEqual(['a,1', 'a,2']);
  });

  it('never needs more bytes than batchSize says', async () => {
    for (const messages of Object.values(SAMPLES)) {
      const records = withSizes(messages);
      const bytes = await encodeRecordBatch(records, identity, 'none');
      expect(bytes.length).toBeLessThanOrEqual(
        batchSize(
          records.reduce((sum, { size }) => sum + size, 0),
          records.length,
        ),
      );
    }
  });
});
