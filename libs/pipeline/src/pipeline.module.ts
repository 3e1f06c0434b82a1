import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { PipelineExplorer } from './pipeline.explorer.js';
import { PipelineService } from './pipeline.service.js';

/** Global, so that a product team's endpoint can hand events to the pipeline without importing anything. */
@Global()
@Module({ imports: [DiscoveryModule], providers: [PipelineExplorer, PipelineService], exports: [PipelineService] })
export class PipelineModule {}
