/** What SDKs send events to; all else (flags, configuration, scripts) is no business of these tests. */
export const CAPTURE_PATH = /^\/(?:e|batch|capture|track|engage|s|i\/v0\/e|i\/v0\/ai\/batch|i\/v1\/analytics\/events)\/?(?:\?|$)/;
