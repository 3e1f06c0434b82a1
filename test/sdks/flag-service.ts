import type { SideAnswer } from './wire/recorder.ts';

/**
 * The feature-flag service that browser SDKs ask beside the gateway: it names the compressions that may be used, and
 * the path for events. Without it SDKs send by their defaults.
 */
export function flagService(...supportedCompression: string[]): SideAnswer {
  const config = {
    config: { enable_collect_everything: true },
    supportedCompression,
    analytics: { endpoint: '/i/v0/e/' },
    isAuthenticated: false,
    editorParams: {},
    toolbarParams: {},
    featureFlags: {},
    featureFlagPayloads: {},
    flags: {},
    hasFeatureFlags: false,
    sessionRecording: false,
    capturePerformance: false,
    autocapture_opt_out: false,
    autocaptureExceptions: false,
    heatmaps: false,
    surveys: false,
    siteApps: [],
  };
  const body = JSON.stringify(config);
  return (path) => (/^\/(?:decide|flags)\/?$|^\/array\/[^/]+\/config$/.test(path) ? { type: 'application/json', body } : undefined);
}
