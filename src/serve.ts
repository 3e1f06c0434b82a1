import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from '@nestjs/common';
import { GatewayConfig } from './config/gateway.config.js';
import { fail } from './fail.js';
import type { ReplayProcess } from './replay-process/replay-process.js';
import { OutputHealth } from './health/output-health.js';
import { farewell } from './farewell.js';
import { letConnectionsEnd, ShutdownState } from './health/shutdown-state.js';

/** Listens until the process is told to stop, and ends it with exit code 0 then. @returns where it listens */
export async function serve(app: NestFastifyApplication, replayProcess?: ReplayProcess): Promise<string> {
  const { host, port, shutdownGraceMs, shutdownDrainMs } = app.get(GatewayConfig);
  const shutdown = app.get(ShutdownState);

  // Not Nest's own hooks: they end the process by the signal, and an orchestrator wants to see exit code 0.
  const stop = () => {
    // A terminal's Ctrl-C reaches a worker twice: as a signal of its own, and through its primary.
    if (shutdown.isShuttingDown) return;
    // The rest of the time is for what has to leave or be stored after the last request.
    setTimeout(() => app.getHttpServer().closeAllConnections(), shutdownGraceMs * 0.7).unref();
    // All that was acknowledged is durable: whatever still hangs, hangs for nobody.
    setTimeout(() => process.exit(0), shutdownGraceMs).unref();
    shutdown.begin();
    letConnectionsEnd(app, shutdownDrainMs)
      .then(() => app.close())
      .then(() => replayProcess?.stop())
      .then(() => new Logger('Gateway').log(farewell(app.get(OutputHealth).detail())))
      .then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);

  await app.listen(port, host);
  return app.getUrl();
}
