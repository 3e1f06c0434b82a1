import { join, resolve } from 'node:path';
import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DISK, NodeDisk, type Disk } from './disk.js';
import { freeBytesOf } from './free-bytes.js';
import { gib } from './gib.js';
import { logLimits, type FoundDisk } from './log-limits.js';
import { LogReaders, NoReaders } from './log-readers.js';
import type { Payload } from './record.js';
import type { Retention } from './retention.js';
import { SegmentLog, type LogStats } from './segment-log.js';
import { unusable } from './unusable.js';
import { SpoolConfig } from './spool.config.js';
import { NoSpoolMetrics, SpoolMetrics } from './spool.metrics.js';
import { StorageError } from './storage-error.js';

export const EMBEDDED_LOG_SUBDIRECTORY = 'log';

/** The embedded log's life in the application: open before the first request, closed after the last one. */
@Injectable()
export class EmbeddedLog implements OnModuleInit, OnApplicationShutdown {
  readonly directory: string;
  private log: SegmentLog | undefined;
  /** What it may hold, and what becomes of the rest; undefined until it is open. */
  retention: Required<Retention> | undefined;
  private readonly logger = new Logger(EmbeddedLog.name);

  constructor(
    private readonly config: SpoolConfig,
    @Optional() @Inject(SpoolMetrics) private readonly metrics: SpoolMetrics = new NoSpoolMetrics(),
    @Optional() @Inject(DISK) private readonly disk: Disk = new NodeDisk(config.embeddedFsync),
    @Optional() @Inject(LogReaders) private readonly readers: LogReaders = new NoReaders(),
  ) {
    this.directory = join(resolve(config.dataDir), EMBEDDED_LOG_SUBDIRECTORY);
    metrics.watchLog(() => {
      const stats = this.log?.stats();
      return { bytes: stats?.bytes ?? 0, maxBytes: stats?.limit ?? 0, leftAlone: stats?.leftAlone.length ?? 0 };
    });
  }

  /** @throws Error that names the directory and the variable: without its log the gateway could not keep its promise */
  async onModuleInit(): Promise<void> {
    const { embeddedSegmentBytes, embeddedPendingBytes, embeddedFsync } = this.config;
    try {
      const freeBytes = await freeBytesOf(this.directory);
      this.log = await SegmentLog.open({
        directory: this.directory,
        segmentBytes: embeddedSegmentBytes,
        retention: (found) => this.limits({ ...found, freeBytes }),
        readers: this.readers,
        isReadByOthers: true,
        pendingBytes: embeddedPendingBytes,
        notice: (message) => this.logger.warn(message),
        metrics: this.metrics,
        disk: this.disk,
      });
    } catch (error) {
      throw unusable('DATA_DIR', this.config.dataDir, error);
    }
    if (this.config.embeddedFull !== undefined) this.log.settle();
    if (!embeddedFsync) this.logger.warn('EMBEDDED_LOG_FSYNC=false: acknowledged events do not survive a crash of the machine');
  }

  private limits(found: FoundDisk): Retention {
    const limits = logLimits(this.config, found);
    this.retention = limits;
    for (const warning of limits.warnings) this.logger.warn(warning);
    const then = limits.whenFull === 'refuse' ? 'then events are refused with 503' : 'then the oldest events are deleted';
    this.logger.log(`${this.directory} may hold ${gib(limits.bytes)}, ${then}`);
    return limits;
  }

  /** Not `onModuleDestroy`: requests still arrive then. */
  async onApplicationShutdown(): Promise<void> {
    await this.log?.close();
  }

  /** Resolves once all of it is on the medium. @throws StorageError */
  append(payloads: readonly Payload[]): Promise<number> {
    if (!this.log) return Promise.reject(new StorageError('closed', 'the log is not open yet'));
    return this.inTime(this.log.append(payloads));
  }

  /** A disk that hangs must not hang requests: what it stores after all is one copy more. */
  private async inTime(stored: Promise<number>): Promise<number> {
    const { embeddedStoreDeadlineMs: ms } = this.config;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new StorageError('slow', `the disk has not answered for ${ms} ms (EMBEDDED_LOG_STORE_DEADLINE_MS)`)),
        ms,
      );
    });
    return Promise.race([stored, late]).finally(() => clearTimeout(timer));
  }

  stats(): LogStats | undefined {
    return this.log?.stats();
  }
}
