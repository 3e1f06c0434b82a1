import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { MetricsPage } from './metrics-page.js';
import { metricsServer } from './metrics-server.js';

/** Where the listener of metrics is to be; undefined for none. */
export const METRICS_ADDRESS = Symbol('METRICS_ADDRESS');

export interface MetricsAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Runs the listener of metrics while the gateway runs, where METRICS_PORT is a port. */
@Injectable()
export class MetricsListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Metrics');
  private server: Server | undefined;

  constructor(
    private readonly page: MetricsPage,
    @Inject(METRICS_ADDRESS) private readonly address: MetricsAddress | undefined,
  ) {}

  /** Where it listens; undefined when it does not. */
  url: string | undefined;

  async onApplicationBootstrap(): Promise<void> {
    if (this.address === undefined) return;
    this.server = metricsServer(() => this.page.read());
    this.url = await listen(this.server, this.address);
    this.logger.log(`metrics on ${this.url}`);
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}

/** @returns where: `http://host:port/metrics` */
export async function listen(server: Server, { host, port }: MetricsAddress): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}/metrics`;
}
