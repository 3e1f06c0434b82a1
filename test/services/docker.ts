import { run } from './commands.ts';
import type { KafkaLine } from './class-path.ts';
import { freePort } from './free-port.ts';
import { answersMetadata } from './kafka.ts';
import { answersPing } from './redis.ts';
import { untilReady } from './until-ready.ts';

const KAFKA_IMAGES: Record<KafkaLine, string> = { '4.x': 'apache/kafka:4.1.0', '3.x': 'apache/kafka:3.9.1' };

/** The same broker from its image, for machines with Docker and without Java. */
export async function startKafkaInDocker(line: KafkaLine): Promise<{ hosts: string; stop(): Promise<void> }> {
  const port = await freePort();
  const settings = {
    NODE_ID: '1',
    PROCESS_ROLES: 'broker,controller',
    LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://localhost:9093`,
    ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    AUTO_CREATE_TOPICS_ENABLE: 'false',
    OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    TRANSACTION_STATE_LOG_MIN_ISR: '1',
    GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  };
  const env = Object.entries(settings).flatMap(([name, value]) => ['-e', `KAFKA_${name}=${value}`]);
  const hosts = `127.0.0.1:${port}`;
  const container = await startContainer(['-p', `${hosts}:${port}`, ...env, KAFKA_IMAGES[line]]);
  await untilReady(container, () => answersMetadata(hosts), 90, `Kafka ${line} in Docker`);
  return { hosts, stop: container.stop };
}

export async function startRedisInDocker(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const container = await startContainer(['-p', `127.0.0.1:${port}:6379`, 'redis:7-alpine']);
  await untilReady(container, () => answersPing(port), 30, 'Redis in Docker');
  return { url: `redis://127.0.0.1:${port}`, stop: container.stop };
}

async function startContainer(args: readonly string[]) {
  const id = (await run('docker', ['run', '--detach', '--rm', ...args], 600)).trim();
  return {
    ended: new Promise<never>(() => {}),
    stop: async () => {
      await run('docker', ['kill', id]).catch(() => {});
    },
  };
}
