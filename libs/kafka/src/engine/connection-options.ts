import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { SettingError } from '@app/config';
import type { KafkaConfig, SaslMechanism } from '../kafka.config.js';

/** How to secure connections, undefined for plain text. Throws with the variable's name when the CA cannot be read. */
export function tlsOptions(config: KafkaConfig): ConnectionOptions | undefined {
  if (!config.tls) return undefined;
  const ca = config.tlsCa === undefined ? {} : { ca: readCa(config.tlsCa, config.tlsInsecure) };
  return { ...ca, rejectUnauthorized: !config.tlsInsecure };
}

export interface Login {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

/** How to log in, undefined for not at all. Throws with the variable's name when half of it is missing. */
export function login(config: KafkaConfig): Login | undefined {
  const { saslMechanism: mechanism, saslUsername: username, saslPassword: password } = config;
  if (mechanism === undefined) return undefined;
  if (username === undefined || password === undefined) {
    throw new SettingError('KAFKA_SASL_MECHANISM is set, so KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set too');
  }
  return { mechanism, username, password };
}

/** Brokers behind a shared address tell tenants apart by name (SNI); an IP address must not be sent as one. */
export const sendsServerName = (config: KafkaConfig): boolean =>
  config.hosts.every((host) => isIP(host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')) === 0);

function readCa(path: string, isInsecure: boolean): Buffer {
  const bytes = read(path);
  // Node passes over what is no certificate, and then trusts nobody.
  if (!isInsecure && !bytes.includes('-----BEGIN CERTIFICATE-----') && !bytes.includes('-----BEGIN TRUSTED CERTIFICATE-----'))
    throw new SettingError(`KAFKA_TLS_CA=${path}: there is no certificate in this file; name a PEM file that has the authority's`);
  return bytes;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new SettingError(
      `KAFKA_TLS_CA=${path}: this file of certificates cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}); name a PEM file that can`,
      {
        cause: error,
      },
    );
  }
}
