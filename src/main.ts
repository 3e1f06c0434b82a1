import { createGateway } from './create-gateway.js';
import { environment } from './config/environment.js';
import { GatewayConfig } from './config/gateway.config.js';
import { ConfigError } from './config/load-config.js';
import { letConnectionsEnd, ShutdownState } from './health/shutdown-state.js';
import { banner } from './banner.js';

async function main(): Promise<void> {
  const app = await createGateway(environment);
  const { host, port, shutdownGraceMs, shutdownDrainMs } = app.get(GatewayConfig);

  // Not Nest's own hooks: they end the process by the signal, and an orchestrator wants to see exit code 0.
  const stop = () => {
    // The rest of the time is for what has to leave or be stored after the last request.
    setTimeout(() => app.getHttpServer().closeAllConnections(), shutdownGraceMs * 0.7).unref();
    // All that was acknowledged is durable: whatever still hangs, hangs for nobody.
    setTimeout(() => process.exit(0), shutdownGraceMs).unref();
    app.get(ShutdownState).begin();
    letConnectionsEnd(app, shutdownDrainMs)
      .then(() => app.close())
      .then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);

  await app.listen(port, host);
  process.stdout.write(`${banner(await app.getUrl(), app)}\n`);
}

function fail(error: unknown): never {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

main().catch(fail);
