import { Env } from '@app/config';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

export const PRODUCERS = ['platformatic', 'kafkajs'] as const;
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export const VALUE_COMPRESSIONS = ['none', 'lz4'] as const;

/** What an event may weigh is held in memory several times over: no setting asks for more. */
const LARGEST_MESSAGE = 16 * 1024 * 1024;

export const AI_LANES = ['auto', 'on', 'off'] as const;
export const AI_LANE_PREDICATES = ['allowlist', 'prefix'] as const;

export type Codec = (typeof CODECS)[number];
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** What Kafka itself allows as a topic's name. */
const TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;
const topicRule = { message: 'it must be a topic name: 1-249 of a-z A-Z 0-9 . _ -' };

/** How to reach the brokers, and which topics the routes lead to. */
export class KafkaConfig {
  @Env('KAFKA_HOSTS', { meaning: 'Brokers to ask first, host:port separated by commas. Setting it makes Kafka the default output.' })
  @Matches(/^\S+:\d{1,5}$/, { each: true, message: 'each must be host:port' })
  readonly hosts: string[] = [];

  @Env('KAFKA_TOPIC', { meaning: 'Topic of ordinary events.' })
  @Matches(TOPIC, topicRule)
  readonly topic: string = 'events_plugin_ingestion';

  @Env('KAFKA_OVERFLOW_TOPIC', { meaning: 'Topic of events that their key produces too many of.' })
  @Matches(TOPIC, topicRule)
  readonly overflowTopic: string = 'events_plugin_ingestion_overflow';

  @Env('KAFKA_HISTORICAL_TOPIC', { meaning: 'Topic of events sent with historical_migration.' })
  @Matches(TOPIC, topicRule)
  readonly historicalTopic: string = 'events_plugin_ingestion_historical';

  @Env('KAFKA_ERROR_TRACKING_TOPIC', { meaning: 'Topic of $exception events.' })
  @Matches(TOPIC, topicRule)
  readonly errorTrackingTopic: string = 'error_tracking_events';

  @Env('KAFKA_HEATMAPS_TOPIC', { meaning: 'Topic of $$heatmap events.' })
  @Matches(TOPIC, topicRule)
  readonly heatmapsTopic: string = 'heatmaps_ingestion';

  @Env('KAFKA_CLIENT_INGESTION_WARNING_TOPIC', { meaning: 'Topic of $$client_ingestion_warning events.' })
  @Matches(TOPIC, topicRule)
  readonly clientIngestionWarningTopic: string = 'ingestion-clientwarnings-main-1';

  @Env('CAPTURE_AI_LANE', {
    meaning:
      'Whether AI events have a topic and a limit on size of their own: `on`, `off` (they are ordinary events), or `auto` for on where KAFKA_AI_TOPIC, a CAPTURE_OUTPUT_* or a KAFKA_INGESTION_PRODUCER_* is set, or the output is embedded.',
  })
  @IsIn(AI_LANES)
  readonly aiLane: (typeof AI_LANES)[number] = 'auto';

  @Env('CAPTURE_AI_LANE_PREDICATE', {
    meaning: 'Which events are AI events there: `allowlist` for the names that consumers know, `prefix` for every `$ai_…`.',
  })
  @IsIn(AI_LANE_PREDICATES)
  readonly aiLanePredicate: (typeof AI_LANE_PREDICATES)[number] = 'allowlist';

  @Env('KAFKA_AI_TOPIC', { meaning: 'Topic of AI events, where they have one.' })
  @Matches(TOPIC, topicRule)
  readonly aiTopic: string = 'events_plugin_ingestion_ai';

  @Env('KAFKA_AI_OVERFLOW_TOPIC', { meaning: 'Topic of AI events that their key produces too many of; not set: they never overflow.' })
  @IsOptional()
  @Matches(TOPIC, topicRule)
  readonly aiOverflowTopic: string | undefined = undefined;

  @Env('KAFKA_AI_MESSAGE_MAX_BYTES', {
    meaning:
      'The same as KAFKA_PRODUCER_MESSAGE_MAX_BYTES for AI events on their own topic, whose max.message.bytes must be as large. The default is 8 MiB and 64 KiB for the envelope.',
  })
  @IsInt()
  @Min(1024)
  @Max(LARGEST_MESSAGE)
  readonly aiMessageMaxBytes: number = 8 * 1024 * 1024 + 65_536;

  @Env('KAFKA_DLQ_TOPIC', { meaning: 'Topic of events that a restriction redirects to the dead-letter queue.' })
  @Matches(TOPIC, topicRule)
  readonly dlqTopic: string = 'events_plugin_ingestion_dlq';

  @Env('KAFKA_REPLAY_TOPIC', { meaning: 'Topic of session recordings.' })
  @Matches(TOPIC, topicRule)
  readonly replayTopic: string = 'session_recording_snapshot_item_events';

  @Env('KAFKA_REPLAY_OVERFLOW_TOPIC', { meaning: 'Topic of session recordings over their limit.' })
  @Matches(TOPIC, topicRule)
  readonly replayOverflowTopic: string = 'session_recording_snapshot_item_overflow';

  @Env('KAFKA_PRODUCER', { meaning: 'Producer engine; kafkajs is the slower, older one.' })
  @IsIn(PRODUCERS)
  readonly producer: (typeof PRODUCERS)[number] = 'platformatic';

  @Env('KAFKA_CLIENT_ID', { meaning: 'Name that brokers know this service by.' })
  @Matches(/^\S+$/)
  readonly clientId: string = 'inlet';

  @Env('KAFKA_PRODUCER_LINGER_MS', { meaning: 'Milliseconds that messages wait for others of the same partition, across requests.' })
  @IsInt()
  @Min(0)
  @Max(1000)
  readonly lingerMs: number = 5;

  @Env('KAFKA_COMPRESSION_CODEC', { meaning: 'Compression of record batches.' })
  @IsIn(CODECS)
  readonly compression: Codec = 'none';

  @Env('KAFKA_REPLAY_COMPRESSION_CODEC', { meaning: 'Compression of record batches of session recordings.' })
  @IsIn(CODECS)
  readonly replayCompression: Codec = 'lz4';

  @Env('KAFKA_REPLAY_MESSAGE_MAX_BYTES', {
    meaning: 'The same as KAFKA_PRODUCER_MESSAGE_MAX_BYTES for session recordings, which are split to fit.',
  })
  @IsInt()
  @Min(16_384)
  @Max(LARGEST_MESSAGE)
  readonly replayMessageMaxBytes: number = 1_000_000;

  @Env('KAFKA_REPLAY_ENVELOPE_COMPRESSION', {
    meaning:
      "With `lz4` the value of a message of a session recording is as PostHog's consumers read it: its size (4 bytes, little-endian) and an LZ4 block. Its header content-encoding says so.",
  })
  @IsIn(VALUE_COMPRESSIONS)
  readonly replayEnvelopeCompression: (typeof VALUE_COMPRESSIONS)[number] = 'none';

  @Env('REPLAY_VALUE_COMPRESSION', {
    meaning:
      "With `lz4` the value of a message of a session recording is an LZ4 frame, which PostHog's consumers do not read, and its header content-encoding says so. KAFKA_REPLAY_ENVELOPE_COMPRESSION goes before it.",
  })
  @IsIn(VALUE_COMPRESSIONS)
  readonly replayValueCompression: (typeof VALUE_COMPRESSIONS)[number] = 'none';

  @Env('KAFKA_PRODUCER_MESSAGE_MAX_BYTES', {
    meaning: 'Largest message, and largest record batch, in bytes before compression: key, headers and framing counted.',
  })
  @IsInt()
  @Min(1024)
  @Max(LARGEST_MESSAGE)
  readonly messageMaxBytes: number = 1_000_000;

  @Env('KAFKA_DELIVERY_DEADLINE_MS', { meaning: 'Milliseconds after which a message that no broker acknowledged counts as undelivered.' })
  @IsInt()
  @Min(100)
  @Max(120_000)
  readonly deliveryDeadlineMs: number = 2000;

  @Env('KAFKA_PRODUCER_QUEUE_MIB', { meaning: 'MiB of messages that may wait for brokers; beyond it requests are answered 503 at once.' })
  @IsInt()
  @Min(1)
  @Max(65_536)
  readonly queueMib: number = 400;

  @Env('KAFKA_SOCKET_TIMEOUT_MS', {
    meaning: 'Milliseconds to wait for the answer to one broker request before its connection is given up.',
  })
  @IsInt()
  @Min(1000)
  @Max(300_000)
  readonly socketTimeoutMs: number = 10_000;

  @Env('KAFKA_CONNECTION_TIMEOUT_MS', { meaning: 'Milliseconds to wait for a connection to a broker.' })
  @IsInt()
  @Min(100)
  @Max(60_000)
  readonly connectionTimeoutMs: number = 3000;

  @Env('KAFKA_METADATA_MAX_AGE_MS', { meaning: 'Milliseconds between two looks at topics and leaders when nothing is wrong.' })
  @IsInt()
  @Min(1000)
  @Max(3_600_000)
  readonly metadataMaxAgeMs: number = 60_000;

  @Env('KAFKA_PRODUCER_ENABLE_IDEMPOTENCE', {
    meaning: 'Lets brokers discard the copies that our own retries make. Engine platformatic only; kafkajs is never idempotent here.',
  })
  @IsBoolean()
  readonly enableIdempotence: boolean = true;

  @Env('KAFKA_TLS', { meaning: 'Connect with TLS; certificates are verified.' })
  @IsBoolean()
  readonly tls: boolean = false;

  @Env('KAFKA_TLS_INSECURE', { meaning: 'Accept any certificate. For tests and emergencies.' })
  @IsBoolean()
  readonly tlsInsecure: boolean = false;

  @Env('KAFKA_TLS_CA', { meaning: 'Path of a PEM file with the authorities to trust instead of the built-in ones.' })
  @IsOptional()
  @IsString()
  readonly tlsCa: string | undefined = undefined;

  @Env('KAFKA_SASL_MECHANISM', { meaning: 'How to log in to the brokers; unset for no login.' })
  @IsOptional()
  @IsIn(SASL_MECHANISMS)
  readonly saslMechanism: SaslMechanism | undefined = undefined;

  @Env('KAFKA_SASL_USERNAME', { meaning: 'Login name, with KAFKA_SASL_MECHANISM.' })
  @IsOptional()
  @IsString()
  readonly saslUsername: string | undefined = undefined;

  @Env('KAFKA_SASL_PASSWORD', { meaning: 'Password, with KAFKA_SASL_MECHANISM.', secret: true })
  @IsOptional()
  @IsString()
  readonly saslPassword: string | undefined = undefined;

  @Env('KAFKA_CREATE_TOPICS', { meaning: 'Create missing topics at boot; otherwise they are complained about.' })
  @IsBoolean()
  readonly createTopics: boolean = false;

  @Env('KAFKA_CREATE_TOPICS_PARTITIONS', { meaning: 'Partitions of a topic created at boot; -1 for the cluster’s default.' })
  @IsInt()
  @Min(-1)
  @Max(10_000)
  readonly createTopicsPartitions: number = -1;

  @Env('KAFKA_CREATE_TOPICS_REPLICATION', { meaning: 'Replicas of a topic created at boot; -1 for the cluster’s default.' })
  @IsInt()
  @Min(-1)
  @Max(100)
  readonly createTopicsReplication: number = -1;
}
