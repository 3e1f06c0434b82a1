import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AdminListener } from '@app/admin';
import { CanaryConfig, CanaryMark } from '@app/canary';
import { MetricsPage } from '@app/metrics';
import { environment } from '../config/environment.js';
import { GatewayConfig } from '../config/gateway.config.js';
import { loadConfig } from '../config/load-config.js';
import { createGateway } from '../create-gateway.js';
import { fail } from '../fail.js';
import { serve } from '../serve.js';
import { replayProcess } from '../replay-process/start-replay-process.js';
import type { ReplayProcess } from '../replay-process/replay-process.js';
import { Conversation, type Question } from './conversation.js';
import { metricsOf } from './metrics-sum.js';
import { ReadsByPrimary } from './reads-by-primary.js';
import { shareOf } from './worker-share.js';

/** The primary renders them once a second, and waits for two for a worker that does not answer. */
const METRICS_PATIENCE_MS = 5000;

/** One of n gateways behind one port. It differs from a gateway alone in its limits, and in having a primary. */
async function main(): Promise<void> {
  const config = loadConfig(environment);
  // It asks nothing before it has been told that this worker serves.
  const primary = new Conversation(process, (question) => answer(app, replay, question));
  const share = shareOf(environment, config, Number(config.get(GatewayConfig).workers));
  const replay = replayProcess(share, config);
  const app: NestFastifyApplication = await createGateway(share, {
    sharedReads: new ReadsByPrimary(primary),
    limits: replay?.limits,
    replayProcess: replay,
  });
  // A scraper of the public port meets any worker, and must find the same counters each time.
  app.get(MetricsPage).renderBy(() => primary.ask({ about: 'all-metrics' }, METRICS_PATIENCE_MS), 0);
  if (config.get(CanaryConfig).isEnabled) app.get(CanaryMark).share(await primary.ask({ about: 'canary-mark' }));
  const url = await serve(app, replay);
  await primary.ask({ about: 'serving', url });
}

function answer(app: NestFastifyApplication, replay: ReplayProcess | undefined, question: Question): unknown {
  switch (question.about) {
    case 'metrics':
      return replay === undefined ? metricsOf() : replay.metrics();
    case 'page':
      return app.get(AdminListener).ask(question.url, true);
    case 'projects': {
      const { projects } = app.get(AdminListener);
      return question.token === undefined ? projects.overview() : projects.of(question.token);
    }
    default:
      throw new Error(`a worker does not know about ${question.about}`);
  }
}

main().catch(fail);
