import { TopicReader, type TopicRecord } from './topic-reader.ts';

/** An event of the generator's, as it stands in a topic. */
export interface FoundEvent {
  readonly run: string;
  readonly key: number;
  readonly sequence: number;
  readonly partition: number;
}

/** All events of the generator in these topics, in the order of their partitions. */
export async function findEvents(
  hosts: string,
  topics: readonly string[],
  from: ReadonlyMap<string, readonly bigint[]> = new Map(),
): Promise<FoundEvent[]> {
  const found: FoundEvent[] = [];
  for (const topic of topics) {
    const take = (record: TopicRecord): void => {
      const event = eventOf(record);
      if (event !== undefined) found.push(event);
    };
    await new TopicReader(hosts, topic).read(take, from.get(topic));
  }
  return found;
}

/** Undefined for what others have written. */
function eventOf({ value, partition }: TopicRecord): FoundEvent | undefined {
  if (!value.includes('chaos_run')) return undefined;
  const { data } = JSON.parse(value.toString()) as { data: string };
  const { properties } = JSON.parse(data) as { properties: { chaos_run: string; chaos_key: number; chaos_sequence: number } };
  return { run: properties.chaos_run, key: properties.chaos_key, sequence: properties.chaos_sequence, partition };
}
