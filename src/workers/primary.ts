import cluster from 'node:cluster';
import { join } from 'node:path';
import { AdminConfig, adminServer } from '@app/admin';
import { newCanaryMark } from '@app/canary';
import { DecoderConfig } from '@app/decoder';
import { listen, metricsServer } from '@app/metrics';
import { RedisConfig, RedisConnections } from '@app/redis';
import type { FastifyInstance } from 'fastify';
import { banner } from '../banner.js';
import { EXIT } from '../commands/command.js';
import { environment } from '../config/environment.js';
import { GatewayConfig, metricsAddress } from '../config/gateway.config.js';
import { ConfigError, loadConfig, type Config } from '../config/load-config.js';
import { tellSettings } from '../config/tell-settings.js';
import { HealthConfig } from '../health/health.config.js';
import { newLogger, type PinoLogger } from '../logger.js';
import { closeUnclaimedConnection } from './unclaimed-connection.js';
import type { Question } from './conversation.js';
import { Heartbeat } from './heartbeat.js';
import { ReadsForWorkers } from './reads-for-workers.js';
import { WorkerPages } from './worker-pages.js';
import { WorkerPool } from './worker-pool.js';
import { shareOf } from './worker-share.js';

/** Starts the workers, answers for all of them on the admin port, and ends with them. Serves no request itself. */
export async function runPrimary(config: Config, count: number): Promise<void> {
  const { shutdownGraceMs } = config.get(GatewayConfig);
  const logger = newLogger(config.get(GatewayConfig));
  tellSettings(config, logger);
  checkShare(config, count, logger);

  /*
   * Round robin: we accept, and a worker gets its next connection once it has taken the last one. Connections of load
   * balancers are few and live long, so what counts is that they are spread evenly; the kernel's ways (SO_REUSEPORT, or one
   * socket that all accept from) spread a handful of them as chance has it. A worker that hangs gets no more than one, and no
   * connection waits in the queue of a process that dies. It costs us some tens of microseconds a connection, not a request.
   */
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'worker-main.js'), serialization: 'advanced' });

  const canaryMark = newCanaryMark();
  const pages: WorkerPages = new WorkerPages(
    () => pool,
    (message) => logger.warn(message, 'Workers'),
  );
  const connections = new RedisConnections(config.get(RedisConfig));
  const reads = new ReadsForWorkers(connections);
  const answer = (question: Question): unknown => {
    switch (question.about) {
      case 'source':
        return reads.answer(question.read);
      case 'canary-mark':
        return canaryMark;
      default:
        return pages.metrics.read().then(String);
    }
  };
  const pool = new WorkerPool({
    count,
    logger,
    fork: () => {
      const worker = cluster.fork({ WORKERS: String(count) });
      closeUnclaimedConnection(worker.process);
      return worker;
    },
    answer,
    onEnded: (pid) => pages.ended(pid),
    giveUp: (reason) => {
      if (reason !== undefined) process.stderr.write(`the gateway gives up: ${reason}\n`);
      end(EXIT.cannotRun);
    },
  });
  const heartbeat = new Heartbeat({ serving: () => pool.serving, patienceMs: config.get(HealthConfig).loopPatienceMs, logger });
  const stopping: (() => unknown)[] = [() => connections.onApplicationShutdown()];
  const end = (code: number) => {
    if (pool.isStopping) return;
    heartbeat.stop();
    // All that was acknowledged is durable: whatever still hangs, hangs for nobody.
    setTimeout(() => process.exit(code), shutdownGraceMs).unref();
    void pool
      .stop(shutdownGraceMs * 0.95)
      .then(() => Promise.all(stopping.map((stop) => stop())))
      .finally(() => process.exit(code));
  };
  process.once('SIGTERM', () => end(0)).once('SIGINT', () => end(0));

  heartbeat.start();
  const admin = await openAdmin(config.get(AdminConfig), pages, logger);
  if (admin !== undefined) stopping.push(() => admin.close());
  const metrics = metricsAddress(config.get(GatewayConfig));
  if (metrics !== undefined) {
    const server = metricsServer(() => pages.metrics.read());
    logger.log(`metrics on ${await listen(server, metrics)}`, 'Metrics');
    stopping.push(() => server.closeAllConnections());
  }
  process.stdout.write(`${banner(await pool.start(), config, { workers: count })}\n`);
}

/** @throws ConfigError when a worker's share of a limit is less than that limit may be */
function checkShare(config: Config, count: number, logger: PinoLogger): void {
  let share: Config;
  try {
    share = loadConfig(shareOf(environment, config, count));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`limits are divided by WORKERS=${count}, and a worker’s share is not valid:\n${error.message}`);
  }
  const { maxInFlightBytes, maxInflatedBytes } = share.get(DecoderConfig);
  if (maxInFlightBytes < maxInflatedBytes)
    logger.warn(
      `a worker’s share of MAX_IN_FLIGHT_BYTES is ${maxInFlightBytes}: bodies that need more are refused, though MAX_INFLATED_BYTES is ${maxInflatedBytes}`,
      'Workers',
    );
}

async function openAdmin({ port, host, token }: AdminConfig, pages: WorkerPages, logger: PinoLogger): Promise<FastifyInstance | undefined> {
  if (port === undefined) return undefined;
  const server = adminServer({ secret: token, projects: pages.projects, ask: (url, isOperator) => pages.page(url, isOperator) });
  logger.log(`operators' listener on ${await server.listen({ port, host })}`, 'Admin');
  return server;
}
