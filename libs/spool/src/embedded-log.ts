import { join, resolve } from 'node:path';
import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DISK, NodeDisk, type Disk } from './disk.js';
import type { Payload } from './record.js';
import { SegmentLog, type LogStats } from './segment-log.js';
import { SpoolConfig } from './spool.config.js';
import { NoSpoolMetrics, SpoolMetrics } from './spool.metrics.js';
import { reasonOf, StorageError } from './storage-error.js';

export const EMBEDDED_LOG_SUBDIRECTORY = 'log';

/** The embedded log's life in the application: open before the first request, closed after the last one. */
@Injectable()
export class EmbeddedLog implements OnModuleInit, OnApplicationShutdown {
  readonly directory: string;
  private log: SegmentLog | undefined;
  private readonly logger = new Logger(EmbeddedLog.name);

  constructor(
    private readonly config: SpoolConfig,
    @Optional() @Inject(SpoolMetrics) private readonly metrics: SpoolMetrics = new NoSpoolMetrics(),
    @Optional() @Inject(DISK) private readonly disk: Disk = new NodeDisk(config.embeddedFsync),
  ) {
    this.directory = join(resolve(config.dataDir), EMBEDDED_LOG_SUBDIRECTORY);
    metrics.watchLog(() => {
      const stats = this.log?.stats();
      return { bytes: stats?.bytes ?? 0, leftAlone: stats?.leftAlone.length ?? 0 };
    });
  }

  /** @throws Error that names the directory and the variable: without its log the gateway could not keep its promise */
  async onModuleInit(): Promise<void> {
    const { embeddedSegmentBytes, embeddedRetentionBytes, embeddedRetentionHours, embeddedPendingBytes, embeddedFsync } = this.config;
    try {
      this.log = await SegmentLog.open({
        directory: this.directory,
        segmentBytes: Math.min(embeddedSegmentBytes, Math.ceil(embeddedRetentionBytes / 2)),
        retention: { bytes: embeddedRetentionBytes, ageMs: embeddedRetentionHours * 3_600_000 },
        pendingBytes: embeddedPendingBytes,
        notice: (message) => this.logger.warn(message),
        metrics: this.metrics,
        disk: this.disk,
      });
    } catch (error) {
      throw new Error(`The embedded log cannot be opened (DATA_DIR=${this.config.dataDir}): ${reasonOf(error)}`, { cause: error });
    }
    if (!embeddedFsync) this.logger.warn('EMBEDDED_LOG_FSYNC=false: acknowledged events do not survive a crash of the machine');
  }

  /** Not `onModuleDestroy`: requests still arrive then. */
  async onApplicationShutdown(): Promise<void> {
    await this.log?.close();
  }

  /** Resolves once all of it is on the medium. @throws StorageError */
  append(payloads: readonly Payload[]): Promise<number> {
    if (!this.log) return Promise.reject(new StorageError('closed', 'the log is not open yet'));
    return this.log.append(payloads);
  }

  stats(): LogStats | undefined {
    return this.log?.stats();
  }
}
