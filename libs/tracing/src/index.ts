export { TracingConfig } from './tracing.config.js';
export { TracingMetrics } from './tracing-metrics.js';
export { TracingModule, type TracingOptions } from './tracing.module.js';
export { Tracing, type LogFields } from './tracing.js';
