import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '@app/config';
import { DecoderConfig } from '@app/decoder';
import { SharedLimits } from '@app/event';
import { KafkaConfig } from '@app/kafka';
import { GatewayConfig } from '../config/gateway.config.js';
import type { Config } from '../config/load-config.js';
import { HealthConfig } from '../health/health.config.js';
import { newLogger } from '../logger.js';
import { memoryFlags } from '../memory/memory-flags.js';
import { memoryLimit } from '../memory/memory-limit.js';
import { REPLAY_PLAN, replayBytes } from '../memory/memory-plan.js';
import { workerCount } from '../workers/worker-count.js';
import { hasReplayProcess } from './has-replay-process.js';
import { replayEnvironment, withoutOwn } from './process-environment.js';
import { ReplayProcess } from './replay-process.js';

const MAIN = join(import.meta.dirname, 'process-main.js');
const MIB = 2 ** 20;

/** Undefined where recordings have none. @param env that of the process it is for */
export function replayProcess(env: Environment, config: Config): ReplayProcess | undefined {
  const gateway = config.get(GatewayConfig);
  if (!hasReplayProcess(gateway)) return undefined;
  const workers = workerCount(gateway);
  const inFlight = config.get(DecoderConfig).maxInFlightBytes / workers;
  const held = inFlight + (config.get(KafkaConfig).queueMib * MIB) / workers;
  const own = replayEnvironment(env, config);
  const execArgv = withoutOwn(process.execArgv);
  const args = [...execArgv, ...memoryFlags(REPLAY_PLAN, []), MAIN];
  const container = memoryLimit();
  const replay = new ReplayProcess({
    limits: new SharedLimits(),
    logger: newLogger(gateway),
    patienceMs: config.get(HealthConfig).loopPatienceMs,
    memoryLimit: () => replayBytes({ limit: container, workers, held, resident: process.memoryUsage.rss() }),
    unreadLimit: inFlight,
    // Standard error comes to us: V8's last words are not for the log.
    start: () =>
      spawn(process.execPath, args, { env: own, stdio: ['ignore', 'inherit', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' }),
  });
  // It must not outlive this one; when this one is killed it ends by itself.
  process.once('exit', () => replay.kill());
  return replay;
}
