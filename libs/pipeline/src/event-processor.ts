import { Injectable, applyDecorators, SetMetadata } from '@nestjs/common';
import type { CaptureContext, CapturedEvent, Drop, Route } from '@app/event';

/** The stages of the pipeline, in the order they run. */
export const STAGES = ['admit', 'filter', 'enrich', 'route'] as const;
export type Stage = (typeof STAGES)[number];

export interface ProcessorOptions {
  readonly stage: Stage;
  /** Within a stage lower runs first; the core's own processors run at 0. Ties keep the order of the modules. */
  readonly order?: number;
  /** What becomes of an event whose `process` threw; the throw is counted under the class's name either way. */
  readonly onError?: 'pass' | 'drop';
  /** Routes of its own that this processor may put events on; each needs a sink or the boot stops. */
  readonly routes?: readonly Route[];
}

export const PROCESSOR_OPTIONS = 'inlet:processor';

/** Marks a provider as a step of the pipeline; the explorer finds it at boot. */
export const Processor = (options: ProcessorOptions): ClassDecorator =>
  applyDecorators(Injectable(), SetMetadata(PROCESSOR_OPTIONS, options));

/**
 * One synchronous step over one event. Return the event (or a changed copy), a `Drop`, or several events in the
 * place of one. Never throw for a bad event; what needs I/O refreshes in the background and answers from memory.
 */
export abstract class EventProcessor {
  abstract process(event: CapturedEvent, context: CaptureContext): CapturedEvent | Drop | readonly CapturedEvent[];
}
