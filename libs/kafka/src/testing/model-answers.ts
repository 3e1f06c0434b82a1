import { Writer } from '@platformatic/kafka';

export interface PartitionAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly code: number;
  readonly message?: string | undefined;
}

export interface TopicAnswer {
  readonly topic: string;
  readonly code: number;
  /** -1: none. */
  readonly leaders: readonly number[];
}

/** Produce, version 9. */
export function produceAnswer(answers: readonly PartitionAnswer[]): Writer {
  const topics = Map.groupBy(answers, ({ topic }) => topic);
  return Writer.create()
    .appendArray([...topics], (writer, [topic, partitions]) => {
      writer.appendString(topic).appendArray(partitions, (w, { partition, code, message = null }) => {
        w.appendInt32(partition).appendInt16(code).appendInt64(0n).appendInt64(-1n).appendInt64(0n);
        w.appendArray([], () => undefined).appendString(message);
      });
    })
    .appendInt32(0)
    .appendTaggedFields();
}

/** Metadata, version 9. A node's port is its number. */
export function metadataAnswer(nodes: readonly number[], topics: readonly TopicAnswer[]): Writer {
  return Writer.create()
    .appendInt32(0)
    .appendArray([...nodes], (w, node) => w.appendInt32(node).appendString('127.0.0.1').appendInt32(node).appendString(null))
    .appendString(null)
    .appendInt32(0)
    .appendArray([...topics], (w, { topic, code, leaders }) => {
      w.appendInt16(code).appendString(topic).appendBoolean(false);
      w.appendArray([...leaders.entries()], (inner, [index, leader]) => {
        inner
          .appendInt16(leader < 0 ? 5 : 0)
          .appendInt32(index)
          .appendInt32(leader)
          .appendInt32(0);
        for (let list = 0; list < 3; list++) inner.appendArray([], () => undefined);
      }).appendInt32(0);
    })
    .appendInt32(0)
    .appendTaggedFields();
}

/** InitProducerId, version 3. */
export function producerAnswer(code: number, id: bigint): Writer {
  return Writer.create().appendInt32(0).appendInt16(code).appendInt64(id).appendInt16(0).appendTaggedFields();
}
