import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Clock } from '@app/event';
import type { RedisSource } from '@app/redis';
import type { Project } from '../project.js';
import { ProjectDirectory, type DirectoryFacts } from '../project-directory.js';
import type { TokenConfig } from '../token.config.js';
import { RedisProjects } from './redis-projects.js';

/** Even a source whose counter stands still is read in full this often. */
const FULL_READ_MS = 60_000;
/** After a failure; the interval itself may be longer. */
const RETRY_MS = 1000;
/** How soon after its first event a new project is asked for. */
const LOOK_UP_MS = 100;
/** Tokens a look-up: noise from outside costs Redis one command per LOOK_UP_MS, no more. */
const MAX_LOOK_UP = 500;

/** Projects from Redis, refreshed in the background; a request only ever reads memory. */
export class RedisDirectory extends ProjectDirectory implements OnApplicationShutdown {
  readonly source = 'redis';
  private readonly logger = new Logger('Projects');
  private readonly projects: RedisProjects;
  private readonly wanted = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private lookUpTimer: NodeJS.Timeout | undefined;
  /** Monotonic; undefined until the first success. */
  private readAt: number | undefined;
  private fullReadAt = Number.NEGATIVE_INFINITY;
  private failure: string | undefined;
  private isRefreshing = false;
  private isStopped = false;

  constructor(
    redis: Redis,
    source: RedisSource,
    private readonly config: Pick<TokenConfig, 'redisKey' | 'refreshMs' | 'staleAfterMs'>,
    private readonly clock: Clock,
  ) {
    super();
    this.projects = new RedisProjects(source, config.redisKey, (text) => this.logger.warn(text));
    redis.on('ready', () => this.schedule(0));
    if (redis.status === 'ready') this.schedule(0);
  }

  find(token: string): Project | 'unknown' | undefined {
    const project = this.projects.find(token);
    if (project !== undefined) return project;
    this.want(token);
    return this.isStale() ? undefined : 'unknown';
  }

  facts(): DirectoryFacts {
    const age = this.readAt === undefined ? undefined : (this.clock.monotonic() - this.readAt) / 1000;
    const { size: projects, unreadable } = this.projects;
    return { source: this.source, projects, ageSeconds: age, isStale: this.isStale(), unreadable, failure: this.failure };
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.lookUpTimer);
  }

  private isStale(): boolean {
    return this.readAt === undefined || this.clock.monotonic() - this.readAt > this.config.staleAfterMs;
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (!this.isStopped) this.timer = setTimeout(() => void this.refresh(), ms).unref();
  }

  private async refresh(): Promise<void> {
    if (this.isRefreshing) return;
    this.isRefreshing = true;
    const begin = this.clock.monotonic();
    try {
      const isForced = begin - this.fullReadAt >= FULL_READ_MS;
      await this.projects.refresh(isForced);
      if (isForced) this.fullReadAt = begin;
      // As of its beginning: that is how old the oldest record is, but for what another worker has read a little earlier.
      this.readAt = begin;
      this.succeeded();
      this.schedule(this.config.refreshMs);
    } catch (error) {
      this.failed(error);
      this.schedule(Math.min(RETRY_MS, this.config.refreshMs));
    } finally {
      this.isRefreshing = false;
    }
  }

  private succeeded(): void {
    if (this.failure !== undefined) this.logger.log(`read again: ${this.projects.size} projects`);
    this.failure = undefined;
  }

  private failed(error: unknown): void {
    const failure = error instanceof Error ? error.message : 'failed';
    if (this.failure === undefined && !this.isStopped)
      this.logger.warn(`could not be read from Redis (${failure}); ${this.projects.size} projects stay as they were`);
    this.failure = failure;
  }

  private want(token: string): void {
    if (this.wanted.size >= MAX_LOOK_UP || this.isStopped) return;
    this.wanted.add(token);
    this.lookUpTimer ??= this.lookUpSoon();
  }

  private lookUpSoon(): NodeJS.Timeout {
    return setTimeout(() => void this.lookUp(), LOOK_UP_MS).unref();
  }

  private async lookUp(): Promise<void> {
    const tokens = [...this.wanted];
    this.wanted.clear();
    // A failure is the refresh's to report; the next event of the project asks again.
    await this.projects.lookUp(tokens).catch(() => {});
    this.lookUpTimer = this.wanted.size > 0 && !this.isStopped ? this.lookUpSoon() : undefined;
  }
}
