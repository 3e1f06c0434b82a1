import { Module } from '@nestjs/common';
import { EmbeddedLog } from './embedded-log.js';
import { EmbeddedLogSink } from './embedded-log.sink.js';
import { EmbeddedLogStatus } from './embedded-log.status.js';

/** The embedded output (`OUTPUT=embedded`). Needs `SpoolConfig` from the shell; counts through `SpoolMetrics` if somebody provides it. */
@Module({ providers: [EmbeddedLog, EmbeddedLogSink, EmbeddedLogStatus], exports: [EmbeddedLogSink, EmbeddedLogStatus] })
export class EmbeddedLogModule {}
