import { AdminConfig } from '@app/admin';
import type { Environment } from '@app/config';
import { GatewayConfig, metricsAddress } from './config/gateway.config.js';
import { loadConfig } from './config/load-config.js';

/** What the system says when a listener cannot have its address: `listen`, and `bind` in a worker. */
interface ListenError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

interface Listener {
  readonly hostVariable: string;
  readonly portVariable: string;
  readonly host: string;
  readonly port: number;
}

/** Why one of our listeners has not got its address, with the variable and the remedy; undefined when the error is about something else. */
export function listenFailure(error: ListenError, env: Environment): string | undefined {
  if (error.syscall !== 'listen' && error.syscall !== 'bind' && error.syscall !== 'getaddrinfo') return undefined;
  const listeners = listenersOf(env);
  if (error.hostname !== undefined) {
    const named = listeners.find(({ host }) => host === error.hostname);
    return named && textOf(named, error);
  }
  // Node leaves a port of 0 out.
  const possible = listeners.filter(({ port }) => port === (error.port ?? 0));
  const found = possible.find(({ host }) => host === error.address) ?? possible[0];
  return found && textOf(found, error);
}

function textOf({ hostVariable, portVariable, host, port }: Listener, { code, address, message }: ListenError): string {
  const ofHost = `${hostVariable}=${host}`;
  const ofPort = `${portVariable}=${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${ofPort}: another process listens on ${address ?? host} port ${port}; stop it, or set ${portVariable} to a free port`;
    case 'EACCES':
      return `${ofPort}: this process may not listen on a port below 1024; set ${portVariable} to 1024 or above`;
    case 'EADDRNOTAVAIL':
      return `${ofHost}: this machine does not have that address; set ${hostVariable} to one of its own, or to 0.0.0.0 for all of them`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${ofHost}: this name has no address; set ${hostVariable} to an address of this machine, or to 0.0.0.0 for all of them`;
    default:
      return `${ofHost}, ${ofPort}: cannot listen there (${message})`;
  }
}

/** In the order in which they open. */
function listenersOf(env: Environment): Listener[] {
  const config = loadConfig(env);
  const [gateway, admin] = [config.get(GatewayConfig), config.get(AdminConfig)];
  const metrics = metricsAddress(gateway);
  return [
    ...(admin.port === undefined ? [] : [{ hostVariable: 'ADMIN_HOST', portVariable: 'ADMIN_PORT', host: admin.host, port: admin.port }]),
    ...(metrics === undefined ? [] : [{ hostVariable: 'HOST', portVariable: 'METRICS_PORT', ...metrics }]),
    { hostVariable: 'HOST', portVariable: 'PORT', host: gateway.host, port: gateway.port },
  ];
}
