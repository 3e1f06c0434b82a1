import { ConfigResourceTypes, metadataV9, protocolErrorsCodesById, type Admin } from '@platformatic/kafka';
import { keepErrors, request } from '../engine/broker-request.js';
import { openAdmin, parseAddress } from '../engine/open-admin.js';
import type { ClusterClock } from '../engine/producer-engine.js';
import { nameOf } from '../engine/refusal.js';
import type { KafkaConfig } from '../kafka.config.js';
import { topicSettings } from '../topic-settings.js';
import { topicsByRoute, type ConfiguredTopic } from '../topics.js';
import { controllerClock } from './controller-clock.js';

export interface SurveyedBroker {
  /** `host:port`, as KAFKA_HOSTS or the cluster names it. */
  readonly address: string;
  /** Why it cannot be reached; undefined when it answered. */
  readonly error: string | undefined;
}

export interface SurveyedTopic {
  readonly topic: string;
  /** The setting that names it. */
  readonly variable: string;
  /** Kafka's name of what is wrong with it; the rest is undefined then. */
  readonly error: string | undefined;
  /** Undefined where the cluster does not tell. */
  readonly mayWrite: boolean | undefined;
  readonly replicas: number | undefined;
  /** Fewest of any partition. */
  readonly inSync: number | undefined;
  readonly minInSync: number | undefined;
  /** `max.message.bytes`. */
  readonly takesBytes: number | undefined;
  /** The largest record batch that the gateway sends it. */
  readonly ourBytes: number;
}

export interface ClusterSurvey {
  /** Those of KAFKA_HOSTS. */
  readonly named: readonly SurveyedBroker[];
  /** Those that the cluster sends its clients to. */
  readonly advertised: readonly SurveyedBroker[];
  readonly topics: readonly SurveyedTopic[];
  /** Why the settings of topics could not be read: mostly a missing right to describe them. */
  readonly settingsError: string | undefined;
  /** Undefined where no broker answers. */
  readonly clock: ClusterClock | undefined;
}

/** Bits of AclOperation; the field is this when the cluster does not tell. */
const WRITE_BIT = 1 << 4;
const NOT_TOLD = -2147483648;

type Metadata = ReturnType<typeof metadataV9.parseResponse>;

/**
 * Looks at the cluster as the gateway would meet it, changing nothing. Never rejects for what a cluster can do wrong.
 *
 * @param others topics beside those of the routes
 */
export async function surveyCluster(config: KafkaConfig, others: readonly ConfiguredTopic[] = []): Promise<ClusterSurvey> {
  const admin = openAdmin(config);
  try {
    const configured = [...Object.values(topicsByRoute(config)), ...others];
    const names = [...new Set(configured.map(({ topic }) => topic))];
    const answers = await Promise.all(config.hosts.map((address) => ask(admin, address, names)));
    const metadata = answers.find((answer) => typeof answer !== 'string');
    const named = config.hosts.map((address, i) => brokerOf(address, answers[i]));
    if (metadata === undefined) return { named, advertised: [], topics: [], settingsError: undefined, clock: undefined };
    const addresses = metadata.brokers.map(({ host, port }) => `${host}:${port}`);
    const advertised = await Promise.all(addresses.map(async (address) => brokerOf(address, await ask(admin, address, []))));
    const present = metadata.topics.filter(({ errorCode }) => errorCode === 0).map(({ name }) => name);
    const settings = await settingsOf(admin, present);
    const ours = topicSettings(config);
    const topics = configured.map(({ topic, variable }) => {
      const found = metadata.topics.find(({ name }) => name === topic);
      return { topic, variable, ourBytes: ours(topic).maxBytes, ...stateOf(found), ...settings.byTopic.get(topic) };
    });
    // Last: a broker that does not know the question closes the connection.
    const clock = await clockOf(admin, config.hosts[answers.indexOf(metadata)]);
    return { named, advertised, topics, settingsError: settings.error, clock };
  } finally {
    await admin.close().catch(() => undefined);
  }
}

async function clockOf(admin: Admin, address: string): Promise<ClusterClock> {
  try {
    return await controllerClock(await admin.connections.get(parseAddress(address)));
  } catch (error) {
    return { error: nameOf(error) };
  }
}

/** @returns the error's name when there is no answer */
async function ask(admin: Admin, address: string, topics: string[]): Promise<Metadata | string> {
  try {
    const connection = await admin.connections.get(parseAddress(address));
    const { key, version } = metadataV9.api;
    const parse: typeof metadataV9.parseResponse = (...wire) => keepErrors(() => metadataV9.parseResponse(...wire));
    return await request(connection, key, version, () => metadataV9.createRequest(topics, false, true), parse);
  } catch (error) {
    return nameOf(error);
  }
}

const brokerOf = (address: string, answer: Metadata | string): SurveyedBroker => ({
  address,
  error: typeof answer === 'string' ? answer : undefined,
});

function stateOf(topic: Metadata['topics'][number] | undefined) {
  const nothing = { mayWrite: undefined, replicas: undefined, inSync: undefined, minInSync: undefined, takesBytes: undefined };
  if (topic === undefined) return { error: 'not in the metadata', ...nothing };
  if (topic.errorCode !== 0) return { error: protocolErrorsCodesById[topic.errorCode] ?? `error ${topic.errorCode}`, ...nothing };
  const { partitions, topicAuthorizedOperations: operations } = topic;
  return {
    ...nothing,
    error: undefined,
    mayWrite: operations === NOT_TOLD ? undefined : (operations & WRITE_BIT) !== 0,
    replicas: Math.min(...partitions.map(({ replicaNodes }) => replicaNodes.length)),
    inSync: Math.min(...partitions.map(({ isrNodes }) => isrNodes.length)),
  };
}

interface Settings {
  readonly byTopic: ReadonlyMap<string, { minInSync: number | undefined; takesBytes: number | undefined }>;
  readonly error: string | undefined;
}

async function settingsOf(admin: Admin, topics: readonly string[]): Promise<Settings> {
  const configurationKeys = ['max.message.bytes', 'min.insync.replicas'];
  const resources = topics.map((resourceName) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName, configurationKeys }));
  if (resources.length === 0) return { byTopic: new Map(), error: undefined };
  try {
    const described = await admin.describeConfigs({ resources });
    const byTopic = described.map(({ resourceName, configs }) => {
      const numberOf = (key: string) => Number(configs.find(({ name }) => name === key)?.value ?? NaN) || undefined;
      return [resourceName, { minInSync: numberOf('min.insync.replicas'), takesBytes: numberOf('max.message.bytes') }] as const;
    });
    return { byTopic: new Map(byTopic), error: undefined };
  } catch (error) {
    return { byTopic: new Map(), error: nameOf(error) };
  }
}
