import { Global, Module } from '@nestjs/common';
import { RedisConnections } from './redis-connections.js';

/** Global: several rooms have a source in Redis. Nothing is opened until one asks. */
@Global()
@Module({ providers: [RedisConnections], exports: [RedisConnections] })
export class RedisModule {}
