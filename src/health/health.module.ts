import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { HealthPages } from './health-pages.js';
import { LoopWatch } from './loop-watch.js';
import { ShutdownState } from './shutdown-state.js';
import { SourcesHealth } from './sources-health.js';
import { Startup } from './startup.js';

@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [HealthPages, ShutdownState, LoopWatch, SourcesHealth, Startup],
  exports: [HealthPages, ShutdownState],
})
export class HealthModule {}
