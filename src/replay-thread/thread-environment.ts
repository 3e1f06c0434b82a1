import type { Environment } from '@app/config';
import type { Config } from '../config/load-config.js';

/**
 * What the thread's gateway is configured by: all that the process is, without what is there once a process. Limits on bytes stay
 * as they are: both threads hold them together (`SharedLimits`).
 */
export function threadEnvironment(env: Environment, config: Config): Environment {
  const own: Record<string, string | undefined> = {
    ...env,
    CAPTURE_MODE: 'replay',
    REPLAY_THREAD: 'off',
    WORKERS: undefined,
    ADMIN_PORT: undefined,
    CANARY_ENABLED: 'false',
    EXPORT_PROMETHEUS: 'false',
    METRICS_PORT: undefined,
  };
  // Complained of once.
  for (const name of config.ignored) delete own[name];
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}
