/** Of the pipeline: where the canaries leave. */
export const CANARY_ROUTE = 'canary';
/** Of the public listener. */
export const CANARY_PATH = '/_canary';
/** Carries the mark. */
export const CANARY_HEADER = 'inlet-canary';
/** In place of a project's key; the topic's readers see it. */
export const CANARY_TOKEN = 'inlet_canary';
