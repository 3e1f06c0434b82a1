import { randomUUID } from 'node:crypto';
import { remoteConfig, type SdkAnswerOptions } from './remote-config.js';

/** `/flags`: no flags; `?v=2` wants them as objects, and `config=true` the configuration as well. */
export function flagsAnswer(query: Readonly<Record<string, unknown>>, options: SdkAnswerOptions) {
  const errorsWhileComputingFlags = options.flagsFailed === true;
  const flags = query.v === '1' ? { featureFlags: {}, featureFlagPayloads: {} } : { flags: {}, featureFlags: {}, featureFlagPayloads: {} };
  return {
    ...(query.config === 'true' && remoteConfig(options)),
    ...flags,
    errorsWhileComputingFlags,
    requestId: randomUUID(),
  };
}

/** `/decide`, which old SDKs ask once a page: configuration and flags in one. Before `v=2` flags were a list. */
export function decideAnswer(query: Readonly<Record<string, unknown>>, options: SdkAnswerOptions) {
  const isFirstVersion = query.v === undefined || query.v === '1';
  return {
    ...remoteConfig(options),
    config: { enable_collect_everything: true },
    editorParams: {},
    toolbarParams: {},
    isAuthenticated: false,
    featureFlags: isFirstVersion ? [] : {},
    featureFlagPayloads: {},
    errorsWhileComputingFlags: options.flagsFailed === true,
  };
}
