import { envFields, readConfig, SettingError, type ConfigProblem, type Environment } from '@app/config';
import { aiLaneOf } from './ai-lane.js';
import { CONFIG_CLASSES, type ConfigClass } from './config-classes.js';
import { conflicts } from './conflicts.js';
import { GatewayConfig, LOG_FORMATS } from './gateway.config.js';
import { withoutInjected } from './injected.js';
import { outputOf } from './output-of.js';
import { translated, type Translation } from './newest-manifest.js';
import { unknownNames } from './unknown-names.js';

/** The validated configuration of every room, by class. */
export interface Config {
  get<T extends object>(configClass: new () => T): T;
  /** Names that are set and mean nothing here. */
  readonly ignored: readonly string[];
  /** Names of the newest capture that stand for settings of ours: `<theirs> as <ours>`. */
  readonly understood: readonly string[];
  /** What the operator ought to know about the settings, a sentence each. */
  readonly warnings: readonly string[];
}

/** `0.0.0.0:3000`, `[::]:3000`, `:3000`. */
const ADDRESS = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/;

/** Stops the boot; the message is for the operator, one line a problem. */
export class ConfigError extends SettingError {
  override readonly name = 'ConfigError';
}

/** @throws ConfigError naming every wrong variable, its value and what is allowed */
export function loadConfig(everything: Environment): Config {
  const given = withoutInjected(everything);
  const known = knownNames();
  const { env, origin, understood, warnings, problems: untranslated } = withDerived(given, known);
  const instances = new Map<ConfigClass, object>();
  const get = <T extends object>(configClass: new () => T) => instances.get(configClass) as T;
  const lines: string[] = [];
  for (const configClass of CONFIG_CLASSES) {
    const { config, problems } = readConfig(configClass, env);
    instances.set(configClass, config);
    lines.push(...problems.map((problem) => describe(problem, origin.get(problem.name))));
  }
  lines.push(...untranslated, ...conflicts((configClass) => instances.get(configClass) as never));
  if (given.ADDRESS && !ADDRESS.test(given.ADDRESS)) lines.push(`ADDRESS=${given.ADDRESS}: it must be host:port`);
  const unknown = unknownNames(given, known, get(GatewayConfig).unknownSettings === 'warn');
  lines.push(...unknown.problems);
  if (lines.length > 0)
    throw new ConfigError(`the configuration is not valid:\n  ${lines.join('\n  ')}\n  (\`inlet config\` lists every variable)`);
  return { get, ignored: unknown.ignored, understood, warnings: [...warnings, ...unknown.warnings] };
}

export function knownNames(): string[] {
  return ['ADDRESS', ...CONFIG_CLASSES.flatMap((configClass) => envFields(configClass).flatMap(({ name, aliases }) => [name, ...aliases]))];
}

/** What follows from other variables unless it is given itself. */
function withDerived(given: Environment, known: readonly string[]): Translation {
  const [, bracketed, host, port] = ADDRESS.exec(given.ADDRESS ?? '') ?? [];
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  // An existing recordings deployment names its one topic so; ordinary events that come there keep theirs.
  if (set.CAPTURE_MODE === 'recordings' && set.KAFKA_TOPIC !== undefined) {
    set.KAFKA_REPLAY_TOPIC ??= set.KAFKA_TOPIC;
    delete set.KAFKA_TOPIC;
  }
  // Some clusters set it for every pod, and it was nobody's here: that must not stop a boot.
  const format = set.LOG_FORMAT;
  const isForeign = format !== undefined && !LOG_FORMATS.some((one) => one === format);
  if (isForeign) delete set.LOG_FORMAT;
  const translation = translated(set, known);
  const warnings = isForeign
    ? [`LOG_FORMAT=${format} is none of ${LOG_FORMATS.join(', ')}: taken for auto`, ...translation.warnings]
    : translation.warnings;
  const { env } = translation;
  // A wrong one is complained about.
  const output = env.OUTPUT ?? outputOf(env);
  return {
    ...translation,
    warnings,
    env: {
      ...(port && { HOST: bracketed ?? host, PORT: port }),
      ...env,
      OUTPUT: output,
      CAPTURE_AI_LANE: aiLaneOf(env, output),
    },
  };
}

/** @param given the variable that stands for it, where the operator has set that */
function describe({ name, value, allowed }: ConfigProblem, given: string | undefined): string {
  return given === undefined ? `${name}=${value}: ${allowed}` : `${given}=${value}: ${allowed} (it stands for ${name})`;
}
