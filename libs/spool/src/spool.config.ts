import { Env } from '@app/config';
import { IsBoolean, IsInt, IsNotEmpty, IsNumber, IsString, Max, Min } from 'class-validator';

const MIB = 1024 * 1024;

export class SpoolConfig {
  @Env('DATA_DIR', { meaning: 'Directory for what the gateway stores; the embedded log is in its subdirectory `log`.' })
  @IsString()
  @IsNotEmpty()
  readonly dataDir: string = './data';

  @Env('EMBEDDED_LOG_SEGMENT_BYTES', {
    meaning: 'Size of one segment file of the embedded log, in bytes; retention deletes whole segments.',
  })
  @IsInt()
  @Min(MIB)
  @Max(1024 * MIB)
  readonly embeddedSegmentBytes: number = 64 * MIB;

  @Env('EMBEDDED_LOG_RETENTION_BYTES', {
    meaning: 'The oldest events of the embedded log are deleted when it holds more bytes than this.',
  })
  @IsInt()
  @Min(2 * MIB)
  readonly embeddedRetentionBytes: number = 4096 * MIB;

  @Env('EMBEDDED_LOG_RETENTION_HOURS', { meaning: 'Events of the embedded log are deleted when they are older than this, in hours.' })
  @IsNumber()
  @Min(0.01)
  readonly embeddedRetentionHours: number = 168;

  @Env('EMBEDDED_LOG_PENDING_BYTES', {
    meaning: 'Bytes of events that may wait for the disk; requests beyond it are answered 503 and resent by the SDK.',
  })
  @IsInt()
  @Min(MIB)
  readonly embeddedPendingBytes: number = 64 * MIB;

  @Env('EMBEDDED_LOG_FSYNC', {
    meaning: 'Wait for the disk before acknowledging. For tests only: with false a crash of the machine loses acknowledged events.',
  })
  @IsBoolean()
  readonly embeddedFsync: boolean = true;
}
