import { Admin, type Connection } from '@platformatic/kafka';
import type { KafkaConfig } from '../kafka.config.js';
import { login, sendsServerName, tlsOptions } from './connection-options.js';

/** Requests in flight on one connection; more wait for an answer. */
const MAX_IN_FLIGHT = 5;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The library's connections as KafkaConfig wants them. Nothing is opened until something is asked. */
export function openAdmin(config: KafkaConfig): Admin {
  const tls = tlsOptions(config);
  const sasl = login(config);
  const admin = new Admin({
    clientId: config.clientId,
    bootstrapBrokers: [...config.hosts],
    connectTimeout: config.connectionTimeoutMs,
    requestTimeout: config.socketTimeoutMs,
    timeout: config.socketTimeoutMs,
    maxInflights: MAX_IN_FLIGHT,
    retries: 0,
    ...(tls && { tls, tlsServerName: sendsServerName(config) }),
    ...(sasl && { sasl: { ...sasl, mechanism: sasl.mechanism.toUpperCase() as 'PLAIN' } }),
  });
  // A connection that fails twice emits `error` when the pool no longer listens, which would end the process.
  admin.connections.on('connecting', ({ connection }: { connection: Connection }) => connection.on('error', () => undefined));
  return admin;
}

export function parseAddress(host: string): Address {
  const colon = host.lastIndexOf(':');
  return { host: host.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(host.slice(colon + 1)) };
}
