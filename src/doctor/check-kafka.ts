import { KafkaConfig, surveyCluster } from '@app/kafka';
import { canaryTopics } from '../config/canary-topics.js';
import type { Config } from '../config/load-config.js';
import { GatewayConfig } from '../config/gateway.config.js';
import { about, type Finding } from './finding.js';
import { judgeKafka } from './judge-kafka.js';

const { ok, fault } = about('kafka');

export async function checkKafka(config: Config): Promise<Finding[]> {
  if (config.get(GatewayConfig).output !== 'kafka') return [ok('OUTPUT=embedded: no Kafka is needed')];
  if (config.get(KafkaConfig).hosts.length === 0) return [fault('OUTPUT=kafka, but no broker is named; set KAFKA_HOSTS')];
  try {
    return judgeKafka(await surveyCluster(config.get(KafkaConfig), canaryTopics(config)));
  } catch (error) {
    // The login's half that is missing, the authorities' file that cannot be read: the message names the variable.
    return [fault((error as Error).message)];
  }
}
