import { isIP } from 'node:net';
import type { Environment } from '@app/config';

/** An address as a service link has it: protocol, host, port. */
const LINK = /^(tcp|udp|sctp):\/\/(?:\[([^\]]+)\]|([^:/]+)):(\d{1,5})$/;

const SERVICE_HOST = /^[A-Z][A-Z0-9_]*_SERVICE_HOST$/;
const SERVICE_PORT = /^[A-Z][A-Z0-9_]*_SERVICE_PORT(?:_[A-Z0-9_]+)?$/;
const FIRST_PORT = /^[A-Z][A-Z0-9_]*_PORT$/;
const EACH_PORT = /^[A-Z][A-Z0-9_]*_PORT_(\d{1,5})_(TCP|UDP|SCTP)(?:_(PROTO|PORT|ADDR))?$/;

/**
 * Whether Kubernetes or Docker has put it there for a neighbour: `KAFKA_SERVICE_HOST=10.0.0.1`, `KAFKA_SERVICE_PORT[_<name>]=9092`,
 * `KAFKA_PORT=tcp://10.0.0.1:9092`, `KAFKA_PORT_9092_TCP[_PROTO|_PORT|_ADDR]`. A name of such a form with another value is none.
 */
export function isInjected(name: string, value: string): boolean {
  if (SERVICE_HOST.test(name)) return isIP(value) !== 0;
  const [, port, protocol, part] = EACH_PORT.exec(name) ?? [];
  if (port !== undefined && protocol !== undefined) return isOfPort(value, port, protocol.toLowerCase(), part);
  if (SERVICE_PORT.test(name) && isPort(value)) return true;
  // Also that of a Service whose own name ends so: kafka-service.
  return FIRST_PORT.test(name) && linkOf(value) !== undefined;
}

/** All that somebody has set, and what is not of the form of a link. */
export function withoutInjected(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => value === undefined || !isInjected(name, value)));
}

function isOfPort(value: string, port: string, protocol: string, part: string | undefined): boolean {
  switch (part) {
    case 'PROTO':
      return value === protocol;
    case 'PORT':
      return value === port;
    case 'ADDR':
      return isIP(value) !== 0;
    default: {
      const link = linkOf(value);
      return link?.protocol === protocol && link.port === port;
    }
  }
}

function linkOf(value: string): { protocol: string; port: string } | undefined {
  const [, protocol, bracketed, host, port] = LINK.exec(value) ?? [];
  if (protocol === undefined || port === undefined || !isPort(port)) return undefined;
  return isIP(bracketed ?? host ?? '') === 0 ? undefined : { protocol, port };
}

function isPort(value: string): boolean {
  return /^[1-9]\d{0,4}$/.test(value) && Number(value) <= 65_535;
}
