import { describe, expect, it } from 'vitest';
import { isInjected } from './injected.js';

describe('isInjected', () => {
  it.each([
    ['KAFKA_SERVICE_HOST', '10.43.7.1'],
    ['KAFKA_SERVICE_HOST', 'fd00::7'],
    ['KAFKA_SERVICE_PORT', '9092'],
    ['KAFKA_SERVICE_PORT_TCP_CLIENT', '9092'],
    ['CAPTURE_SERVICE_PORT_HTTP', '80'],
    ['KAFKA_PORT', 'tcp://10.43.7.1:9092'],
    ['KAFKA_PORT', 'tcp://[fd00::7]:9092'],
    ['METRICS_PORT', 'tcp://10.43.7.1:9464'],
    ['KAFKA_SERVICE_PORT', 'tcp://10.43.7.1:9092'],
    ['KAFKA_SERVICE_SERVICE_HOST', '10.43.7.1'],
    ['KAFKA_SERVICE_PORT_9092_TCP', 'tcp://10.43.7.1:9092'],
    ['KAFKA_PORT_9092_TCP', 'tcp://10.43.7.1:9092'],
    ['KAFKA_PORT_9092_TCP_PROTO', 'tcp'],
    ['KAFKA_PORT_9092_TCP_PORT', '9092'],
    ['KAFKA_PORT_9092_TCP_ADDR', '172.17.0.5'],
    ['REPLAY_PORT_53_UDP', 'udp://10.43.7.1:53'],
    ['SPOOL_BACKUP_PORT_38412_SCTP_PROTO', 'sctp'],
  ])('%s=%s is what Kubernetes or Docker sets', (name, value) => {
    expect(isInjected(name, value)).toBe(true);
  });

  it.each([
    ['KAFKA_SERVICE_HOST', 'kafka.example'],
    ['KAFKA_SERVICE_HOST', '10.43.7.1:9092'],
    ['KAFKA_SERVICE_HOST', ''],
    ['KAFKA_SERVICE_PORT', '0'],
    ['KAFKA_SERVICE_PORT', '65536'],
    ['KAFKA_PORT', '9092'],
    ['KAFKA_PORT', 'tcp://kafka:9092'],
    ['KAFKA_PORT', 'http://10.43.7.1:9092'],
    ['KAFKA_PORT', 'tcp://10.43.7.1:99999'],
    ['KAFKA_PORT', 'tcp://10.43.7.1:9092/'],
    ['KAFKA_PORT_9092_TCP', 'tcp://10.43.7.1:9093'],
    ['KAFKA_PORT_9092_TCP', 'udp://10.43.7.1:9092'],
    ['KAFKA_PORT_9092_TCP_PROTO', 'TCP'],
    ['KAFKA_PORT_9092_TCP_PORT', '9093'],
    ['KAFKA_PORT_9092_TCP_ADDR', 'kafka'],
    ['KAFKA_PORT_9092_ICMP', 'icmp://10.43.7.1:9092'],
    ['KAFKA_HOSTS', '10.43.7.1'],
    ['PORT', 'tcp://10.43.7.1:3000'],
    ['_PORT', 'tcp://10.43.7.1:3000'],
  ])('%s=%s is somebody’s own', (name, value) => {
    expect(isInjected(name, value)).toBe(false);
  });
});
