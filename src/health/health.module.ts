import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { LoopWatch } from './loop-watch.js';
import { ShutdownState } from './shutdown-state.js';
import { SourcesHealth } from './sources-health.js';
import { Startup } from './startup.js';

@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [ShutdownState, LoopWatch, SourcesHealth, Startup],
  exports: [ShutdownState],
})
export class HealthModule {}
