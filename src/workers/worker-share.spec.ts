import { describe, expect, it } from 'vitest';
import { AdminConfig } from '@app/admin';
import { DecoderConfig } from '@app/decoder';
import { KafkaConfig } from '@app/kafka';
import { GlobalRateLimitConfig, OverflowConfig, QuotaConfig } from '@app/quota';
import { SpoolConfig } from '@app/spool';
import { loadConfig } from '../config/load-config.js';
import { shareOf } from './worker-share.js';

const share = (env: Record<string, string>, workers: number) => loadConfig(shareOf(env, loadConfig(env), workers));

describe('shareOf', () => {
  it('is an nth of each limit that a process keeps for itself, set or by default', () => {
    const config = share({ KAFKA_PRODUCER_QUEUE_MIB: '100', OVERFLOW_PER_SECOND_LIMIT: '10' }, 4);
    expect(config.get(DecoderConfig).maxInFlightBytes).toBe(new DecoderConfig().maxInFlightBytes / 4);
    expect(config.get(KafkaConfig).queueMib).toBe(25);
    expect(config.get(SpoolConfig).spoolMaxBytes).toBe(new SpoolConfig().spoolMaxBytes / 4);
    expect(config.get(OverflowConfig)).toMatchObject({ perSecond: 2.5, burst: 250, maxKeys: 250_000 });
    expect(config.get(GlobalRateLimitConfig).maxKeys).toBe(250_000);
  });

  it('leaves what holds for a request, over all pods, or as a share of the former', () => {
    const config = share({}, 4);
    expect(config.get(DecoderConfig).maxBodyBytes).toBe(new DecoderConfig().maxBodyBytes);
    expect(config.get(GlobalRateLimitConfig).threshold).toBe(new GlobalRateLimitConfig().threshold);
    expect(config.get(QuotaConfig).inFlightShare).toBe(new QuotaConfig().inFlightShare);
    expect(config.get(SpoolConfig).spoolProjectShare).toBe(new SpoolConfig().spoolProjectShare);
  });

  it('lets one event at a time through, however many workers there are', () => {
    expect(share({ OVERFLOW_BURST_LIMIT: '2' }, 3).get(OverflowConfig).burst).toBe(1);
  });

  it('has no admin port, and nothing left to complain of', () => {
    const config = share({ ADMIN_PORT: '9000', PRINT_SINK: 'x' }, 2);
    expect([config.get(AdminConfig).port, config.ignored]).toEqual([undefined, []]);
  });

  it('of an environment of the newest capture has its topics, and a share of its queue', () => {
    const env = {
      KAFKA_INGESTION_PRODUCER_METADATA_BROKER_LIST: 'a:9092',
      KAFKA_INGESTION_PRODUCER_QUEUE_BUFFERING_MAX_KBYTES: '204800',
      CAPTURE_OUTPUT_ANALYTICS_MAIN_TOPIC: 'theirs',
      KAFKA_NOBODY_KNOWS: 'x',
    };
    const config = share(env, 4);
    expect(config.get(KafkaConfig)).toMatchObject({ hosts: ['a:9092'], topic: 'theirs', queueMib: 50 });
    expect(config.ignored).toEqual([]);
  });

  it('is refused where an nth is less than there must be', () => {
    expect(() => share({ SPOOL_MAX_BYTES: '20000000' }, 2)).toThrow('SPOOL_MAX_BYTES=10000000');
  });
});
