import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Clock } from '@app/event';
import { CanaryMark } from './canary-mark.js';
import { CANARY_PATH, CANARY_TOKEN } from './canary-route.js';
import { CanaryWatch } from './canary-watch.js';
import { CanaryConfig } from './canary.config.js';
import { postCanary, type CanaryAnswer } from './post-canary.js';

/** Where the public listener offers its routes (PATH_PREFIX). */
export const CANARY_PREFIX = Symbol('inlet:canary-prefix');

/** Sends a canary now and then, from the moment on that the gateway listens. */
@Injectable()
export class CanarySender implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Canary');
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private wasWell = true;

  constructor(
    private readonly config: CanaryConfig,
    private readonly mark: CanaryMark,
    private readonly watch: CanaryWatch,
    private readonly clock: Clock,
    private readonly gateway: HttpAdapterHost,
    @Inject(CANARY_PREFIX) private readonly prefix: string,
  ) {}

  onApplicationBootstrap(): void {
    this.server.once('listening', () => void this.run());
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  async send(): Promise<CanaryAnswer> {
    const started = this.clock.monotonic();
    const body = {
      api_key: CANARY_TOKEN,
      event: '$inlet_canary',
      distinct_id: CANARY_TOKEN,
      uuid: randomUUID(),
      timestamp: new Date(this.clock.now()).toISOString(),
      properties: { host: hostname(), pid: process.pid },
    };
    const answer = await postCanary({ url: this.url(), mark: this.mark.text, body, timeoutMs: this.config.timeoutMs });
    this.watch.answered(answer, this.clock.monotonic() - started);
    return answer;
  }

  private async run(): Promise<void> {
    const answer = await this.send();
    if (this.isStopped) return;
    this.tell(answer);
    this.timer = setTimeout(() => void this.run(), this.config.intervalMs).unref();
  }

  /** What changes, not each one. */
  private tell({ result, detail }: CanaryAnswer): void {
    const isWell = result !== 'refused' && result !== 'unanswered';
    if (isWell && !this.wasWell) this.logger.log(`the canary is acknowledged again (${result})`);
    if (!isWell && this.wasWell) this.logger.warn(`the canary is ${result}: ${detail}`);
    this.wasWell = isWell;
  }

  private get server(): Server {
    return this.gateway.httpAdapter.getHttpServer() as Server;
  }

  private url(): string {
    const bound = this.server.address();
    if (bound === null || typeof bound === 'string') throw new Error('the gateway does not listen on a port');
    // Every address includes loopback, and `::` that of IPv4.
    const host = ['0.0.0.0', '::'].includes(bound.address) ? '127.0.0.1' : bound.address;
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}${this.prefix}${CANARY_PATH}`;
  }
}
