import { Reader } from '@platformatic/kafka';

/** A record batch as it was on the wire, uncompressed. */
export interface SentBatch {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: bigint;
  readonly sequence: number;
  /** Of the batch's header. */
  readonly timestamp: number;
  readonly values: readonly string[];
  readonly times: readonly number[];
}

/** What a broker reads in a Produce request, version 9, without its header. */
export function readProduceRequest(request: Buffer): { readonly acks: number; readonly batches: readonly SentBatch[] } {
  const reader = Reader.from(request);
  reader.readNullableString();
  const acks = reader.readInt16();
  reader.readInt32();
  const topics = reader.readArray((topic) => {
    const name = topic.readString();
    return topic.readArray((one) => {
      const partition = one.readInt32();
      return readBatch(name, partition, Buffer.from(one.readBytes()));
    });
  });
  return { acks, batches: topics.flat() };
}

function readBatch(topic: string, partition: number, batch: Buffer): SentBatch {
  const timestamp = Number(batch.readBigInt64BE(27));
  const count = batch.readInt32BE(57);
  const values: string[] = [];
  const times: number[] = [];
  let at = 61;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = batch[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  };
  const bytes = (): Buffer => {
    const size = Math.max(0, varint());
    at += size;
    return batch.subarray(at - size, at);
  };
  for (let i = 0; i < count; i++) {
    const size = varint();
    const end = at + size;
    at++;
    times.push(timestamp + varint());
    varint();
    bytes();
    values.push(bytes().toString());
    at = end;
  }
  return { topic, partition, producerId: batch.readBigInt64BE(43), sequence: batch.readInt32BE(53), timestamp, values, times };
}
