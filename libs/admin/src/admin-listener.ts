import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AdminConfig } from './admin.config.js';
import { adminServer, type AdminPage } from './admin-server.js';
import { FactsExplorer } from './facts.explorer.js';
import { projectAnswers, type ProjectAnswers } from './project-answers.js';

/** Runs the operators' listener while the gateway runs; nothing at all unless ADMIN_PORT is set. */
@Injectable()
export class AdminListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Admin');
  private server: FastifyInstance | undefined;

  constructor(
    private readonly config: AdminConfig,
    private readonly explorer: FactsExplorer,
    private readonly gateway: HttpAdapterHost,
  ) {}

  /** Where it listens: `http://host:port`; undefined when it does not. */
  url: string | undefined;

  /** What `/_projects` shows, also while nothing listens: a worker's primary asks for it. */
  projects: ProjectAnswers = projectAnswers(new Map());

  /** Pages, by their path, that say more to an operator than the public listener says to all. */
  readonly pages = new Map<string, () => Promise<AdminPage>>();

  async onApplicationBootstrap(): Promise<void> {
    const { port, host, token: secret } = this.config;
    this.projects = projectAnswers(this.explorer.explore());
    if (port === undefined) return;
    this.server = adminServer({ secret, projects: this.projects, ask: (url, isOperator) => this.ask(url, isOperator) });
    this.url = await this.server.listen({ port, host });
    this.logger.log(`operators' listener on ${this.url}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server?.close();
  }

  /** Answers a GET as the public listener does, and an operator as `pages` do. */
  async ask(url: string, isOperator: boolean): Promise<AdminPage> {
    const page = isOperator ? this.pages.get(url) : undefined;
    if (page !== undefined) return page();
    const fastify = this.gateway.httpAdapter.getInstance<FastifyInstance>();
    const { statusCode: status, headers, body } = await fastify.inject({ method: 'GET', url });
    return { status, contentType: headers['content-type'] ?? 'text/plain', body };
  }
}
