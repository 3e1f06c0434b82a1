import { Env } from '@app/config';
import { IsBoolean, IsIn, IsInt, IsNotEmpty, IsNumber, IsOptional, IsString, Max, Min } from 'class-validator';
import type { WhenFull } from './retention.js';

const MIB = 1024 * 1024;

export const SPOOL_MEDIA = ['persistent', 'ephemeral', 'off'] as const;
export type SpoolMedium = (typeof SPOOL_MEDIA)[number];

export const LOG_FULL = ['refuse', 'delete_oldest'] as const;

export class SpoolConfig {
  @Env('DATA_DIR', { meaning: 'Directory for what the gateway stores; the embedded log is in its subdirectory `log`.' })
  @IsString()
  @IsNotEmpty()
  readonly dataDir: string = './data';

  @Env('EMBEDDED_LOG_SEGMENT_BYTES', {
    meaning: 'Size of one segment file of the embedded log, in bytes; only whole segments are deleted.',
  })
  @IsInt()
  @Min(MIB)
  @Max(1024 * MIB)
  readonly embeddedSegmentBytes: number = 64 * MIB;

  @Env('EMBEDDED_LOG_MAX_BYTES', {
    meaning:
      'Bytes that the embedded log may hold. Default: 10 GiB, or 80 % of what its disk has free and it holds itself if that is less.',
    kind: 'number',
  })
  @IsOptional()
  @IsInt()
  @Min(2 * MIB)
  readonly embeddedMaxBytes: number | undefined = undefined;

  @Env('EMBEDDED_LOG_FULL', {
    meaning:
      'What happens at EMBEDDED_LOG_MAX_BYTES: `refuse` answers 503 until there is room, `delete_oldest` deletes the oldest events. Default: refuse (docs/embedded-log.md).',
  })
  @IsOptional()
  @IsIn(LOG_FULL)
  readonly embeddedFull: WhenFull | undefined = undefined;

  @Env('EMBEDDED_LOG_RETENTION_BYTES', {
    meaning:
      'Of the release before: the oldest events are deleted when the embedded log holds more bytes. Now: EMBEDDED_LOG_FULL and EMBEDDED_LOG_MAX_BYTES.',
    kind: 'number',
  })
  @IsOptional()
  @IsInt()
  @Min(2 * MIB)
  readonly embeddedRetentionBytes: number | undefined = undefined;

  @Env('EMBEDDED_LOG_RETENTION_HOURS', {
    meaning:
      'Events of the embedded log are deleted when they are older, in hours in which a gateway ran. Default: never. Not with EMBEDDED_LOG_FULL=refuse.',
    kind: 'number',
  })
  @IsOptional()
  @IsNumber()
  @Min(0.01)
  readonly embeddedRetentionHours: number | undefined = undefined;

  @Env('EMBEDDED_LOG_PENDING_BYTES', {
    meaning: 'Bytes of events that may wait for the disk; requests beyond it are answered 503 and resent by the SDK.',
  })
  @IsInt()
  @Min(MIB)
  readonly embeddedPendingBytes: number = 64 * MIB;

  @Env('EMBEDDED_LOG_STORE_DEADLINE_MS', {
    meaning: 'How long a request waits for the embedded log’s disk before it is answered 503, milliseconds.',
  })
  @IsInt()
  @Min(100)
  @Max(600_000)
  readonly embeddedStoreDeadlineMs: number = 15_000;

  @Env('EMBEDDED_LOG_FSYNC', {
    meaning: 'Wait for the disk before acknowledging. For tests only: with false a crash of the machine loses acknowledged events.',
  })
  @IsBoolean()
  readonly embeddedFsync: boolean = true;

  @Env('SPOOL_DIR', {
    meaning: 'Directory of the outage spool, where events wait while brokers are away; default: `spool` in DATA_DIR. On a local disk.',
  })
  @IsOptional()
  @IsString()
  readonly spoolDir: string | undefined = undefined;

  @Env('SPOOL_MEDIUM', {
    meaning:
      'What SPOOL_DIR is on: `persistent`, or `ephemeral` when it is lost with the pod (`Inlet-Ack` says so). `off`: no spool, 503 instead.',
  })
  @IsIn(SPOOL_MEDIA)
  readonly spoolMedium: SpoolMedium = 'persistent';

  @Env('SPOOL_MAX_BYTES', { meaning: 'Bytes that the outage spool may take on disk; beyond it requests are answered 503.' })
  @IsInt()
  @Min(16 * MIB)
  readonly spoolMaxBytes: number = 4096 * MIB;

  @Env('SPOOL_MAX_AGE_HOURS', {
    meaning:
      'Spooled events older than this are given up, and counted as expired, in hours in which a gateway ran; 0 keeps them until they are delivered.',
  })
  @IsNumber()
  @Min(0)
  readonly spoolMaxAgeHours: number = 0;

  @Env('SPOOL_DRAIN_SHARE', {
    meaning: 'Share of the measured delivery rate that draining may take when brokers are back, 0.05 to 1; the rest is for new events.',
  })
  @IsNumber()
  @Min(0.05)
  @Max(1)
  readonly spoolDrainShare: number = 0.5;

  @Env('SPOOL_PROJECT_SHARE', { meaning: 'Share of SPOOL_MAX_BYTES that one project may take, 0.01 to 1.' })
  @IsNumber()
  @Min(0.01)
  @Max(1)
  readonly spoolProjectShare: number = 0.5;

  @Env('SPOOL_STORE_DEADLINE_MS', { meaning: 'How long a request waits for the spool’s disk before it is answered 503, milliseconds.' })
  @IsInt()
  @Min(100)
  @Max(60_000)
  readonly spoolStoreDeadlineMs: number = 5000;

  @Env('SPOOL_FSYNC', {
    meaning: 'Wait for the disk before acknowledging with the spool. For tests only: with false a crash of the machine loses events.',
  })
  @IsBoolean()
  readonly spoolFsync: boolean = true;
}
