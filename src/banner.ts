import { join, resolve } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { KafkaConfig } from '@app/kafka';
import { SpoolConfig, type EmbeddedLogDetail } from '@app/spool';
import { commandLine } from './command-line.js';
import { connectionRoomOf } from './connection-room-of.js';
import { GatewayConfig } from './config/gateway.config.js';
import type { Config } from './config/load-config.js';
import { memoryLimit } from './memory/memory-limit.js';

export interface BannerFacts {
  readonly workers?: number;
  /** What the embedded log says of itself. */
  readonly log?: Pick<EmbeddedLogDetail, 'maxBytes' | 'maxAgeHours' | 'whenFull'> | undefined;
}

/** What a newcomer needs next: where it listens, a request to try, where events go, how long they stay, what to open. */
export function banner(listening: string, config: Config, { workers = 1, log }: BannerFacts = {}): string {
  const url = listening.replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost').replace('[::]', 'localhost');
  return [
    '',
    `Inlet listens on ${url}${workers > 1 ? ` with ${workers} workers` : ''}`,
    `  try:     curl -X POST ${url}/i/v0/e/ -H 'content-type: application/json' -d '{"api_key":"phc_demo","event":"hello","distinct_id":"me"}'`,
    ...(config.get(GatewayConfig).output === 'kafka' ? kafka(config) : embedded(config, log)),
    `  open:    ${pages(url, config).join(', ')}`,
    `  memory:  ${memory(workers)}`,
    `  clients: ${connections(config, workers)}`,
    '',
  ].join('\n');
}

function kafka(config: Config): string[] {
  const { hosts, topic, replayTopic } = config.get(KafkaConfig);
  const { spoolDir, dataDir, spoolMedium } = config.get(SpoolConfig);
  const meanwhile =
    spoolMedium === 'off' ? 'requests are answered 503 (SPOOL_MEDIUM=off)' : `they wait in ${resolve(spoolDir ?? join(dataDir, 'spool'))}`;
  return [
    `  events:  Kafka at ${hosts.join(', ')}, topic ${topic}; recordings ${replayTopic}`,
    `           while no broker answers ${meanwhile}`,
  ];
}

function embedded(config: Config, log: BannerFacts['log']): string[] {
  const { dataDir } = config.get(SpoolConfig);
  return [
    `  events:  ${resolve(dataDir, 'log')} on this disk; this shows them:`,
    `           ${commandLine(`tail --follow --dir ${quoted(resolve(dataDir))}`)}`,
    ...(log === undefined ? [] : [`  kept:    ${kept(log)}`]),
  ];
}

function kept({ maxBytes, maxAgeHours, whenFull }: NonNullable<BannerFacts['log']>): string {
  const limit = `${(maxBytes / 2 ** 30).toFixed(1)} GiB (EMBEDDED_LOG_MAX_BYTES)`;
  if (whenFull === 'refuse') return `until you delete them; events are refused when it holds ${limit}`;
  const age = maxAgeHours === undefined ? '' : ` and after ${maxAgeHours} hours in which the gateway ran`;
  return `the oldest are DELETED beyond ${limit}${age}; EMBEDDED_LOG_FULL=refuse keeps them`;
}

function pages(url: string, config: Config): string[] {
  const { exportPrometheus, metricsPort } = config.get(GatewayConfig);
  return [`${url}/_readiness (is all well?)`, ...(exportPrometheus && metricsPort === 'public' ? [`${url}/metrics`] : [])];
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** By what V8 says, whoever has set it: flags of the operator's count for more than ours. */
function memory(workers: number): string {
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const limit = memoryLimit();
  const heap = `a heap of ${mib(getHeapStatistics().heap_size_limit)} at most${workers > 1 ? ' for each worker' : ''}`;
  return limit === undefined ? `${heap}; nothing limits this process` : `${heap}, in a container that may use ${mib(limit)}`;
}

function connections(config: Config, workers: number): string {
  const { limit, loweredBy } = connectionRoomOf(config, workers);
  const each = `${limit} connections at most${workers > 1 ? ' for each worker' : ''}`;
  return loweredBy === undefined ? each : `${each}: MAX_CONNECTIONS is lowered to what the limit of ${loweredBy} holds`;
}
