import { hasDocker, installDebianPackages, isOnPath, MissingService } from './commands.ts';
import { kafkaClassPath, type KafkaLine } from './class-path.ts';
import { startKafkaInDocker, startRedisInDocker } from './docker.ts';
import { startKafka } from './kafka.ts';
import { pythonWithPackages } from './python.ts';
import { startRedis } from './redis.ts';

/** The variables under which the tests find their services; one that is set already is used as it is. */
export const SERVICES = ['KAFKA_HOSTS', 'KAFKA3_HOSTS', 'REDIS_URL', 'TEST_PYTHON', 'TEST_CLASS_PATH', 'TEST_KCAT', 'TEST_STRACE'] as const;
export type ServiceName = (typeof SERVICES)[number];

interface Started {
  readonly value: string;
  stop(): Promise<void>;
}

export interface Services {
  readonly env: Partial<Record<ServiceName, string>>;
  /** What could not be had, with the reason and how to get it. */
  readonly missing: readonly { name: ServiceName; reason: string }[];
  /** Stops what was started here, nothing else. */
  stop(): Promise<void>;
}

const STARTERS: Record<ServiceName, () => Promise<Started>> = {
  KAFKA_HOSTS: () => kafka('4.x'),
  KAFKA3_HOSTS: () => kafka('3.x'),
  REDIS_URL: async () => {
    const { url, stop } = await startRedis().catch(fromDocker(startRedisInDocker));
    return { value: url, stop };
  },
  TEST_PYTHON: async () => ({ value: await pythonWithPackages(), stop: async () => {} }),
  // Jars for a reader on the JVM: Kafka's own client and Jackson.
  TEST_CLASS_PATH: async () => ({ value: await kafkaClassPath('4.x'), stop: async () => {} }),
  TEST_KCAT: () => tool('kcat', 'one of the readers that check what is produced'),
  TEST_STRACE: () => tool('strace', 'the witness that a reply is written after fdatasync'),
};

async function kafka(line: KafkaLine): Promise<Started> {
  const { hosts, stop } = await startKafka({ line }).catch(fromDocker(() => startKafkaInDocker(line)));
  return { value: hosts, stop };
}

/** A command that tests call by its name. */
async function tool(command: string, purpose: string): Promise<Started> {
  if (!isOnPath(command) && !(await installDebianPackages([command]))) {
    throw new MissingService(`${command} is missing (\`apt-get install ${command}\`): ${purpose}`);
  }
  return { value: command, stop: async () => {} };
}

/** Docker steps in only where the machine lacks the thing itself. */
function fromDocker<T>(start: () => Promise<T>): (reason: unknown) => Promise<T> {
  return async (reason) => {
    if (reason instanceof MissingService && (await hasDocker())) return start();
    throw reason;
  };
}

/** Starts all that `names` lack, side by side; a service that fails is reported, it does not stop the others. */
export async function startServices(names: readonly ServiceName[] = SERVICES): Promise<Services> {
  const env: Partial<Record<ServiceName, string>> = {};
  const missing: { name: ServiceName; reason: string }[] = [];
  const started: Started[] = [];
  await Promise.all(
    names.map(async (name) => {
      const given = process.env[name];
      try {
        const service = given ? { value: given, stop: async () => {} } : await STARTERS[name]();
        started.push(service);
        env[name] = service.value;
      } catch (error) {
        missing.push({ name, reason: (error as Error).message });
      }
    }),
  );
  return { env, missing, stop: async () => void (await Promise.allSettled(started.map((service) => service.stop()))) };
}
