import { ProduceAcks, Writer, produceV9 } from '@platformatic/kafka';
import { keepErrors } from './broker-request.js';
import type { PartitionBatch } from './producer-engine.js';

/** Produce, version 9: every broker since 2.6 speaks it, 4.x included. */
export const PRODUCE_API = produceV9.api.key;
export const PRODUCE_VERSION = produceV9.api.version;

/** The request for some partitions of one leader, record batches already encoded. Acks by all in-sync replicas, always. */
export function produceRequest(batches: readonly PartitionBatch[], encoded: readonly Buffer[], timeoutMs: number): Writer {
  const topics = new Map<string, number[]>();
  for (let i = 0; i < batches.length; i++) {
    const { topic } = batches[i];
    const positions = topics.get(topic);
    if (positions === undefined) topics.set(topic, [i]);
    else positions.push(i);
  }
  return Writer.create()
    .appendString(null)
    .appendInt16(ProduceAcks.ALL)
    .appendInt32(timeoutMs)
    .appendArray([...topics], (writer, [topic, positions]) => {
      writer.appendString(topic).appendArray(positions, (inner, position) => {
        inner.appendInt32(batches[position].partition).appendBytes(encoded[position]);
      });
    })
    .appendTaggedFields();
}

export type ProduceResponse = ReturnType<typeof produceV9.parseResponse>;

/** Reads the answer. Errors of single partitions stay in it: the library's parser throws them all away for the first. */
export const parseProduceResponse: typeof produceV9.parseResponse = (...wire) => keepErrors(() => produceV9.parseResponse(...wire));
