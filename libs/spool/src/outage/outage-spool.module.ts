import { Module } from '@nestjs/common';
import { OutageSpool } from './outage-spool.js';

/** The store of the Kafka room. Needs `SpoolConfig`, `KafkaConfig` and `Clock` from global modules. */
@Module({ providers: [OutageSpool], exports: [OutageSpool] })
export class OutageSpoolModule {}
