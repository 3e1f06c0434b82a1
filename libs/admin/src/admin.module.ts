import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AdminListener } from './admin-listener.js';
import { FactsExplorer } from './facts.explorer.js';

/** What does the gateway believe of a project? */
@Module({ imports: [DiscoveryModule], providers: [FactsExplorer, AdminListener], exports: [AdminListener] })
export class AdminModule {}
