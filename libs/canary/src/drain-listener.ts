import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CanaryOutput } from './canary-output.js';
import { CanaryWatch } from './canary-watch.js';
import { CanaryConfig } from './canary.config.js';

/** Hears of canaries that went by way of the spool. */
@Injectable()
export class DrainListener implements OnModuleInit {
  constructor(
    private readonly output: CanaryOutput,
    private readonly watch: CanaryWatch,
    private readonly config: CanaryConfig,
  ) {}

  onModuleInit(): void {
    this.output.onDrained(({ topic, headers }) => {
      if (topic === this.config.topic) this.watch.drained(Number(headers.timestamp));
    });
  }
}
