export { GlobalRateLimitConfig } from './global/global-rate-limit.config.js';
export { OverflowConfig } from './overflow/overflow.config.js';
export { ProjectShares } from './fairness/project-shares.js';
export { QuotaConfig } from './quota.config.js';
export { QuotaMetrics, type Lane, type OverflowReason } from './quota-metrics.js';
export { QuotaModule, type QuotaOptions } from './quota.module.js';
export { RestrictionsConfig } from './restrictions/restrictions.config.js';
