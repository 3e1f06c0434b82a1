/** What these answers depend on. */
export interface SdkAnswerOptions {
  readonly sessionRecording: boolean;
  /** Flags could not be asked for: SDKs then keep those they have. */
  readonly flagsFailed?: boolean;
}

/** Browser SDKs send gzip where they are told that it is understood; old ones send forms of base64 otherwise. */
const SUPPORTED_COMPRESSION = ['gzip', 'gzip-js'];

/** Where recordings go, in the words of SDKs of every age. */
function sessionRecording(isOn: boolean) {
  return isOn && { endpoint: '/s/', recorderVersion: 'v2', consoleLogRecordingEnabled: false };
}

/**
 * The least that browser SDKs take for a complete configuration: capture, nothing else. `hasFeatureFlags: false` keeps the
 * newest from asking for flags; what is named as off they do not load scripts for.
 */
export function remoteConfig({ sessionRecording: isRecording }: SdkAnswerOptions) {
  return {
    supportedCompression: SUPPORTED_COMPRESSION,
    analytics: { endpoint: '/i/v0/e/' },
    hasFeatureFlags: false,
    autocapture_opt_out: false,
    autocaptureExceptions: false,
    captureDeadClicks: false,
    capturePerformance: false,
    conversations: false,
    defaultIdentifiedOnly: true,
    elementsChainAsString: true,
    errorTracking: { autocaptureExceptions: false, suppressionRules: [] },
    heatmaps: false,
    productTours: false,
    sessionRecording: sessionRecording(isRecording),
    siteApps: [],
    surveys: false,
  };
}

/** The same as a script, for pages that load it with a tag. */
export function remoteConfigScript(token: string, options: SdkAnswerOptions): string {
  const { siteApps: _, ...config } = remoteConfig(options);
  const entry = `{config:${literal(config)},siteApps:[]}`;
  return `(function(){var w=window;w._POSTHOG_REMOTE_CONFIG=w._POSTHOG_REMOTE_CONFIG||{};w._POSTHOG_REMOTE_CONFIG[${literal(token)}]=${entry};})();`;
}

/** JSON that may stand in a script whatever page that is in. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}
