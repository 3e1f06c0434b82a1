import type { Environment } from '@app/config';
import type { Config } from '../config/load-config.js';

/** Sizes of V8's heap, and a port of an inspector: the other process has its own. */
const OWN_FLAG = /^--(?:max|min)[-_](?:old|semi|heap)[-_]\S*|^--heap[-_]growing\S*|^--inspect\S*/;

/**
 * What the gateway of recordings is configured by: all that the one that serves is, without what is there once. Limits on bytes stay
 * as they are: both hold them together (`SharedLimits`).
 */
export function replayEnvironment(env: Environment, config: Config): Environment {
  const own: Record<string, string | undefined> = {
    ...env,
    CAPTURE_MODE: 'replay',
    REPLAY_THREAD: 'off',
    WORKERS: undefined,
    ADMIN_PORT: undefined,
    CANARY_ENABLED: 'false',
    EXPORT_PROMETHEUS: 'false',
    METRICS_PORT: undefined,
    NODE_OPTIONS: env.NODE_OPTIONS && withoutOwn(env.NODE_OPTIONS.split(' ')).join(' '),
  };
  // Complained of once.
  for (const name of config.ignored) delete own[name];
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

/** Node's flags of this process for the other one. */
export function withoutOwn(flags: readonly string[]): string[] {
  return flags.filter((flag) => !OWN_FLAG.test(flag));
}
