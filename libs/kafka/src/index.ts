export { CODECS, KafkaConfig, PRODUCERS, SASL_MECHANISMS, type Codec, type SaslMechanism } from './kafka.config.js';
export { Batcher } from './batcher/batcher.js';
export type { DeliveryFailure, DeliveryReport } from './batcher/delivery.js';
export { NoUndeliveredStore, UndeliveredStore } from './batcher/undelivered-store.js';
export { ProducerEngine } from './engine/producer-engine.js';
export { KafkaHealth, type BrokerHealth, type KafkaHealthReport } from './kafka-health.js';
export { KafkaMetrics, NoKafkaMetrics } from './kafka-metrics.js';
export { KafkaSink } from './kafka.sink.js';
export type { ProducedMessage } from './produced-message.js';
