export { ForwardedClient } from './forwarded-client.js';
export { SdkConfig } from './sdk.config.js';
export { SdkConfigModule } from './sdk-config.module.js';
export { sdkLimits } from './sdk-limits.js';
