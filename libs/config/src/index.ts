export { Env, envFields, type EnvField, type EnvKind, type EnvOptions } from './env.js';
export { readConfig, type ConfigProblem, type Environment } from './read-config.js';
export { SettingError } from './setting-error.js';
