import type { KafkaConfig } from '@app/kafka';
import type { Class } from './spool-space.js';

/** What can be done without first. Told by the topic: by now that is all that is known of a message. */
export function classOf(config: KafkaConfig): (topic: string) => Class {
  const { topic: main, replayTopic, replayOverflowTopic, historicalTopic } = config;
  const classes = new Map<string, Class>([
    [replayOverflowTopic, 'replay'],
    [replayTopic, 'replay'],
    [historicalTopic, 'historical'],
    // Several routes may lead to one topic: then all of it is live.
    [main, 'live'],
  ]);
  return (topic) => classes.get(topic) ?? 'live';
}
