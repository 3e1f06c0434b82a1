import { envFields, readConfig, type ConfigProblem, type Environment } from '@app/config';
import { aiLaneOf } from './ai-lane.js';
import { CONFIG_CLASSES, type ConfigClass } from './config-classes.js';
import { conflicts } from './conflicts.js';
import { FOREIGN_NAMES } from './foreign-names.js';
import { misspelt } from './misspelt.js';

/** The validated configuration of every room, by class. */
export interface Config {
  get<T extends object>(configClass: new () => T): T;
  /** Names of another service's variables that are set and ignored. */
  readonly ignored: readonly string[];
}

/** `0.0.0.0:3000`, `[::]:3000`, `:3000`. */
const ADDRESS = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/;

/** Stops the boot; the message is for the operator, one line a problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** @throws ConfigError naming every wrong variable, its value and what is allowed */
export function loadConfig(given: Environment): Config {
  const env = withDerived(given);
  const instances = new Map<ConfigClass, object>();
  const lines: string[] = [];
  for (const configClass of CONFIG_CLASSES) {
    const { config, problems } = readConfig(configClass, env);
    instances.set(configClass, config);
    lines.push(...problems.map(describe));
  }
  lines.push(...conflicts((configClass) => instances.get(configClass) as never));
  if (given.ADDRESS && !ADDRESS.test(given.ADDRESS)) lines.push(`ADDRESS=${given.ADDRESS}: it must be host:port`);
  const known = knownNames();
  for (const name of Object.keys(given)) {
    if (known.includes(name) || FOREIGN_NAMES.has(name)) continue;
    const meant = misspelt(name, known);
    if (meant !== undefined) lines.push(`${name} is not a setting; did you mean ${meant}?`);
  }
  if (lines.length > 0)
    throw new ConfigError(`the configuration is not valid:\n  ${lines.join('\n  ')}\n  (npm run config lists every variable)`);
  return {
    get: <T extends object>(configClass: new () => T) => instances.get(configClass) as T,
    ignored: Object.keys(given).filter((name) => FOREIGN_NAMES.has(name)),
  };
}

export function knownNames(): string[] {
  return ['ADDRESS', ...CONFIG_CLASSES.flatMap((configClass) => envFields(configClass).flatMap(({ name, aliases }) => [name, ...aliases]))];
}

/** What follows from other variables unless it is given itself. */
function withDerived(env: Environment): Environment {
  const [, bracketed, host, port] = ADDRESS.exec(env.ADDRESS ?? '') ?? [];
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  // An existing recordings deployment names its one topic so; ordinary events that come there keep theirs.
  if (given.CAPTURE_MODE === 'recordings' && given.KAFKA_TOPIC !== undefined) {
    given.KAFKA_REPLAY_TOPIC ??= given.KAFKA_TOPIC;
    delete given.KAFKA_TOPIC;
  }
  const output = given.OUTPUT ?? (given.KAFKA_HOSTS ? 'kafka' : 'embedded');
  return {
    ...(port && { HOST: bracketed ?? host, PORT: port }),
    ...given,
    OUTPUT: output,
    CAPTURE_AI_LANE: aiLaneOf(given, output),
  };
}

function describe({ name, value, allowed }: ConfigProblem): string {
  return `${name}=${value}: ${allowed}`;
}
