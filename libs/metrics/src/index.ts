export { CaptureMetrics } from './capture-metrics.js';
export { httpMetricsPlugin } from './http-metrics.plugin.js';
export { MetricsInterceptor } from './metrics.interceptor.js';
export { MetricsModule } from './metrics.module.js';
export { PrometheusKafkaMetrics } from './prometheus-kafka-metrics.js';
