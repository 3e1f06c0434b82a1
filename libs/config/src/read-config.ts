import { validateSync } from 'class-validator';
import { envFields, type EnvField } from './env.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigProblem {
  readonly name: string;
  /** The value as given; hidden for secrets. */
  readonly value: string;
  /** What is allowed. */
  readonly allowed: string;
}

/** Fills a config class from the environment and validates it; problems are values, so that boot can list them all. */
export function readConfig<T extends object>(configClass: new () => T, env: Environment): { config: T; problems: ConfigProblem[] } {
  const config = new configClass();
  const fields = envFields(configClass);
  for (const field of fields) {
    const given = givenValue(field, env);
    if (given !== undefined) (config as Record<string, unknown>)[field.property] = parse(given, field);
  }
  const problems = validateSync(config, { forbidUnknownValues: false }).map((error) => {
    const field = fields.find(({ property }) => property === error.property);
    const given = field && givenValue(field, env);
    return {
      name: field?.name ?? error.property,
      value: field?.secret ? '(secret)' : given === undefined ? '(not set)' : withoutPassword(given),
      allowed: Object.values(error.constraints ?? {})
        .map((text) => withoutProperty(text, error.property))
        .join('; '),
    };
  });
  return { config, problems };
}

/** Of a url that should have none. */
function withoutPassword(text: string): string {
  return text.replace(/:\/\/.*@/s, '://(secret)@');
}

/** class-validator begins with the property, which is not what the operator has set; within the text it may be a word. */
function withoutProperty(text: string, property: string): string {
  for (const start of ['', 'each value in '])
    if (text.startsWith(`${start}${property} `)) return `${start}it${text.slice(start.length + property.length)}`;
  return text;
}

/** An empty variable counts as not set: that is what `FOO=` in a manifest means to its author. */
function givenValue(field: EnvField, env: Environment): string | undefined {
  for (const name of [field.name, ...field.aliases]) {
    const value = env[name];
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** What cannot be read as its kind stays text, so that the validator refuses it and the operator sees it. */
function parse(text: string, field: EnvField): unknown {
  switch (field.kind) {
    case 'text':
      return text;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.trim().toLowerCase()] ?? text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
  }
}
