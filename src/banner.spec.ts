import { describe, expect, it } from 'vitest';
import { banner, type BannerFacts } from './banner.js';
import { loadConfig } from './config/load-config.js';

const of = (env: Record<string, string>, facts?: BannerFacts) => banner('http://[::1]:3000', loadConfig(env), facts);
const GIB = 2 ** 30;

describe('the banner', () => {
  it('names the log’s directory, and the command that shows what is in it', () => {
    const text = of({ DATA_DIR: '/some where/data' });
    expect(text).toContain('events:  /some where/data/log on this disk');
    expect(text).toContain("inlet -- tail --follow --dir '/some where/data'");
    expect(text).toContain('open:    http://localhost:3000/_readiness (is all well?), http://localhost:3000/metrics');
  });

  it('says how long events are kept, by what the log itself has found', () => {
    expect(of({}, { log: { maxBytes: 10 * GIB, maxAgeHours: undefined, whenFull: 'refuse' } })).toContain(
      'kept:    until you delete them; events are refused when it holds 10.0 GiB (EMBEDDED_LOG_MAX_BYTES)',
    );
    expect(of({}, { log: { maxBytes: 4 * GIB, maxAgeHours: 168, whenFull: 'delete_oldest' } })).toContain(
      'kept:    the oldest are DELETED beyond 4.0 GiB (EMBEDDED_LOG_MAX_BYTES) and after 168 hours in which the gateway ran',
    );
  });

  it('names brokers and topics, and where events are while no broker answers', () => {
    const text = of({ KAFKA_HOSTS: 'a:9092,b:9092', KAFKA_TOPIC: 'events', DATA_DIR: '/data' });
    expect(text).toContain('events:  Kafka at a:9092, b:9092, topic events');
    expect(text).toContain('while no broker answers they wait in /data/spool');
    expect(of({ KAFKA_HOSTS: 'a:9092', SPOOL_MEDIUM: 'off' })).toContain('requests are answered 503 (SPOOL_MEDIUM=off)');
  });

  it('offers no page that is not there', () => {
    expect(of({ METRICS_PORT: '9464' })).not.toContain('/metrics');
  });
});
