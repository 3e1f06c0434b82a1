import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Whether this process has been told to stop; readiness follows it. */
@Injectable()
export class ShutdownState implements OnModuleDestroy {
  isShuttingDown = false;

  /** From now on every answer asks its client to close the connection. */
  begin(): void {
    this.isShuttingDown = true;
  }

  onModuleDestroy(): void {
    this.begin();
  }
}

/** Tells clients of kept connections to open their next one elsewhere. */
export function farewellPlugin(app: NestFastifyApplication): void {
  const state = app.get(ShutdownState);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (_request, reply, done) => {
      if (state.isShuttingDown) reply.header('connection', 'close');
      done();
    });
}

/**
 * Serves on for up to `limitMs`, until no connection is left: a kept connection that is cut while its client is about to
 * send is a failed request, one that was told to close is not.
 */
export async function letConnectionsEnd(app: NestFastifyApplication, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (performance.now() < until && (await openConnections(app)) > 0) await sleep(50);
}

function openConnections(app: NestFastifyApplication): Promise<number> {
  return new Promise((resolve) => app.getHttpServer().getConnections((_error: Error | null, count: number) => resolve(count)));
}
