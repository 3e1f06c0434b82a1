import { Logger, type LoggerService } from '@nestjs/common';
import type { SeededRandom, VirtualTime } from '@app/testing';

interface Taken {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly note: (line: string) => void;
}

/** Time, chance and log lines are the world's until the returned function is called. */
export function takeOver({ time, random, note }: Taken): () => void {
  const { random: realRandom } = Math;
  const { stackTraceLimit } = Error;
  const line = (message: unknown) => note(`log: ${String(message)}`);
  time.install();
  Math.random = () => random.next();
  // Nobody reads the stacks of the thousands of errors that are meant to be.
  Error.stackTraceLimit = 0;
  Logger.overrideLogger({ log: line, warn: line, error: line } satisfies LoggerService);
  return () => {
    time.uninstall();
    Math.random = realRandom;
    Error.stackTraceLimit = stackTraceLimit;
    Logger.overrideLogger(false);
  };
}
