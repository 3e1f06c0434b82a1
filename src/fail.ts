import { ConfigError } from './config/load-config.js';

/** The one way out of a boot that cannot succeed: its reason on stderr, exit code 1. */
export function fail(error: unknown): never {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
