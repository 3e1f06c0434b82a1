import { banner } from './banner.js';
import { environment } from './config/environment.js';
import { GatewayConfig } from './config/gateway.config.js';
import { loadConfig } from './config/load-config.js';
import { OutputHealth } from './health/output-health.js';
import { fail } from './fail.js';
import { isText, newLogger } from './logger.js';
import { memoryLimit } from './memory/memory-limit.js';
import { memoryWarning } from './memory/memory-warning.js';
import { workerCount } from './workers/worker-count.js';

async function main(): Promise<void> {
  const config = loadConfig(environment);
  const warning = memoryWarning(config, memoryLimit());
  if (warning !== undefined) newLogger(config.get(GatewayConfig)).warn(warning, 'Memory');
  const workers = workerCount(config.get(GatewayConfig));
  if (workers > 1) {
    // Only here: a single process knows nothing of clusters.
    const { runPrimary } = await import('./workers/primary.js');
    return runPrimary(config, workers);
  }
  // And a primary serves nothing.
  const [{ createGateway }, { serve }, { replayProcess }, { tellRefusals }] = await Promise.all([
    import('./create-gateway.js'),
    import('./serve.js'),
    import('./replay-process/start-replay-process.js'),
    import('./tell-refusals.js'),
  ]);
  const replay = replayProcess(environment, config);
  const app = await createGateway(environment, { limits: replay?.limits, replayProcess: replay });
  const url = await serve(app, replay);
  if (isText(config.get(GatewayConfig))) tellRefusals(app);
  process.stdout.write(`${banner(url, config, app.get(OutputHealth).detail())}\n`);
}

main().catch(fail);
