import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Environment } from '@app/config';
import { SharedLimits } from '@app/event';
import { GatewayConfig } from '../config/gateway.config.js';
import type { Config } from '../config/load-config.js';
import { HealthConfig } from '../health/health.config.js';
import { PinoLogger } from '../logger.js';
import { THREAD_OLD_MIB, THREAD_YOUNG_MIB } from '../memory/memory-plan.js';
import { ReplayThread } from './replay-thread.js';
import { threadEnvironment } from './thread-environment.js';
import type { ThreadStart } from './thread-request.js';
import { hasReplayThread } from './has-replay-thread.js';

/** Undefined where recordings have none. @param env that of the process it is for */
export function replayThread(env: Environment, config: Config): ReplayThread | undefined {
  if (!hasReplayThread(config.get(GatewayConfig))) return undefined;
  return new ReplayThread({
    limits: new SharedLimits(),
    logger: new PinoLogger(config.get(GatewayConfig).logLevel),
    patienceMs: config.get(HealthConfig).loopPatienceMs,
    start: (requests, { cells }) => {
      const data: ThreadStart = { env: threadEnvironment(env, config), requests, cells };
      return new Worker(join(import.meta.dirname, 'thread-main.js'), {
        workerData: data,
        transferList: [requests],
        name: 'recordings',
        resourceLimits: { maxYoungGenerationSizeMb: THREAD_YOUNG_MIB, maxOldGenerationSizeMb: THREAD_OLD_MIB },
      });
    },
  });
}
