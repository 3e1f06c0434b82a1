import { startKafka, type Broker } from '../services/kafka.ts';
import { BROKER_PORT, NODE_ADDRESS } from './addresses.ts';

export const HOSTS = `${NODE_ADDRESS}:${BROKER_PORT}`;
const CONTROLLER_PORT = 9093;

/** The broker beside the cluster, where pods reach it. @param folder of one that was killed */
export function startBroker(folder?: string): Promise<Broker> {
  const properties = {
    listeners: `PLAINTEXT://0.0.0.0:${BROKER_PORT},CONTROLLER://127.0.0.1:${CONTROLLER_PORT}`,
    'advertised.listeners': `PLAINTEXT://${HOSTS}`,
    'controller.quorum.voters': `1@127.0.0.1:${CONTROLLER_PORT}`,
    'auto.create.topics.enable': 'false',
  };
  return startKafka({ line: '4.x', port: BROKER_PORT, properties, ...(folder === undefined ? {} : { folder }) });
}
