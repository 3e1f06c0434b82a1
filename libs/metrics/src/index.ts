export { CaptureMetrics } from './capture-metrics.js';
export { httpMetricsPlugin } from './http-metrics.plugin.js';
export { listen, MetricsListener, type MetricsAddress } from './metrics-listener.js';
export { MetricsPage, sharedPage } from './metrics-page.js';
export { metricsServer } from './metrics-server.js';
export { MetricsInterceptor } from './metrics.interceptor.js';
export { MetricsModule } from './metrics.module.js';
export { PrometheusKafkaMetrics } from './prometheus-kafka-metrics.js';
