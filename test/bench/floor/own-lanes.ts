import 'reflect-metadata';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { ProducedMessage } from '../../../libs/kafka/src/index.js';
import type { Lane, Lanes, LanesOptions } from './lanes.ts';

const load = (path: string) => import(pathToFileURL(join(import.meta.dirname, '../../../dist', path)).href);

/** By the gateway's own way into Kafka, from its batcher on: what is above this floor is HTTP, Nest and the events themselves. */
export async function ownLanes({ hosts, topic, replayTopic, keys, headers }: LanesOptions): Promise<Lanes> {
  const kafka = (await load('libs/kafka/src/index.js')) as typeof import('../../../libs/kafka/src/index.js');
  const { Clock, SystemClock } = (await load('libs/event/src/index.js')) as typeof import('../../../libs/event/src/index.js');
  class Surroundings {}
  const settings = { hosts: hosts.split(','), topic, replayTopic };
  const config = { provide: kafka.KafkaConfig, useValue: Object.assign(new kafka.KafkaConfig(), settings) };
  const providers = [config, { provide: Clock, useClass: SystemClock }];
  const surroundings = { module: Surroundings, global: true, providers, exports: providers.map(({ provide }) => provide) };
  const room = await NestFactory.createApplicationContext({ ...surroundings, imports: [kafka.KafkaModule.forRoot()] }, { logger: false });
  const batcher = room.get(kafka.Batcher);
  let next = 0;
  const lane = (to: string): Lane => ({
    add(count, value, answer) {
      const message = (): ProducedMessage => ({ topic: to, key: keys[next++ % keys.length], value, headers });
      void batcher.deliver(Array.from({ length: count }, message)).then(({ failures }) => answer(failures.length === 0 ? 200 : 503));
    },
  });
  return { events: lane(topic), recordings: lane(replayTopic) };
}
