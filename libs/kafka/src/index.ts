export { CODECS, KafkaConfig, PRODUCERS, SASL_MECHANISMS, type Codec, type SaslMechanism } from './kafka.config.js';
export { KafkaModule, type KafkaModuleOptions } from './kafka.module.js';
export { KafkaSink } from './kafka.sink.js';
export { CaptureKafkaClient, EmitError, KAFKA_CLIENT } from './client/capture-kafka-client.js';
export { Batcher, type BatcherOptions } from './batcher/batcher.js';
export type { DeliveryFailure, DeliveryReport } from './batcher/delivery.js';
export { ALL_STORED, NoUndeliveredStore, UndeliveredStore, type Hold, type StoreRefusals } from './batcher/undelivered-store.js';
export { WayBack, type Acceptance } from './batcher/way-back.js';
export type { CircuitState } from './batcher/circuits.js';
export { ProducerEngine, type ClusterClock, type PartitionBatch, type PartitionOutcome } from './engine/producer-engine.js';
export { PlatformaticEngine } from './engine/platformatic-engine.js';
export { surveyCluster, type ClusterSurvey, type SurveyedBroker, type SurveyedTopic } from './survey/survey-cluster.js';
export { topicsByRoute, type ConfiguredTopic } from './topics.js';
export { KafkaHealth, type BrokerHealth, type KafkaHealthReport } from './kafka-health.js';
export { KafkaMetrics, NoKafkaMetrics } from './kafka-metrics.js';
export type { HeaderValue, ProducedMessage } from './produced-message.js';

export { messageBytes } from './records/record-batch.js';

// For specs outside of this room.
export { knownErrors } from './engine/error-table.js';

// For the bench.
export { partitionOf } from './murmur2.js';
export { contentSize } from './records/record.js';
export { encodeRecordBatch } from './records/record-batch.js';
