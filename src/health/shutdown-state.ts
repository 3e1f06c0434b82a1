import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Whether this process has been told to stop; readiness follows it. */
@Injectable()
export class ShutdownState implements OnModuleDestroy {
  isShuttingDown = false;

  onModuleDestroy(): void {
    this.isShuttingDown = true;
  }
}
