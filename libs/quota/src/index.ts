export { QuotaConfig } from './quota.config.js';
export { QuotaModule, type QuotaOptions } from './quota.module.js';
export { ProjectShares } from './fairness/project-shares.js';
