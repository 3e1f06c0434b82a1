export { CanaryConfig } from './canary.config.js';
export { CanaryMark, newCanaryMark } from './canary-mark.js';
export { CanaryModule, type CanaryOptions } from './canary.module.js';
export { CanaryOutput, type DrainedMessage } from './canary-output.js';
export { CANARY_PATH } from './canary-route.js';
export { canaryPlugin } from './canary.plugin.js';
export { CanarySender } from './canary.sender.js';
export type { CanaryAnswer } from './post-canary.js';
