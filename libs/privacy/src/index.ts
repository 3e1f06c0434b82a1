export { truncateAddress } from './address/truncate-address.js';
export { IpPolicy } from './ip-policy.js';
export { PrivacyConfig } from './privacy.config.js';
export { PrivacyModule } from './privacy.module.js';
