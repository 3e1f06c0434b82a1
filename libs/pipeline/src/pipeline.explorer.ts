import { Injectable } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { CORE_ROUTES, type Route } from '@app/event';
import { DuplicateSinkError, MissingMethodError, RouteWithoutSinkError, ScopedProviderError, UnknownStageError } from './boot-errors.js';
import { EventProcessor, PROCESSOR_OPTIONS, STAGES, type ProcessorOptions } from './event-processor.js';
import { EventSink, SINK_OPTIONS, type SinkOptions } from './event-sink.js';

export interface Step {
  readonly name: string;
  readonly processor: EventProcessor;
  readonly onError: 'pass' | 'drop';
}

export interface Wiring {
  /** In the order they run. */
  readonly steps: readonly Step[];
  readonly sinks: ReadonlyMap<Route, EventSink>;
}

/** Finds every @Processor and @Sink once at boot, and refuses what cannot work with an error that names it. */
@Injectable()
export class PipelineExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  explore(): Wiring {
    const processors = this.marked<ProcessorOptions>(PROCESSOR_OPTIONS).map(({ options, name, instance }) => {
      if (!STAGES.includes(options.stage)) throw new UnknownStageError(name, options.stage);
      if (!(instance instanceof EventProcessor)) throw new MissingMethodError(name, 'process', EventProcessor.name);
      return { options, step: { name, processor: instance, onError: options.onError ?? 'pass' } satisfies Step };
    });
    const sinks = this.sinks();
    for (const route of CORE_ROUTES) if (!sinks.has(route)) throw new RouteWithoutSinkError(route, 'the core');
    for (const { options, step } of processors)
      for (const route of options.routes ?? []) if (!sinks.has(route)) throw new RouteWithoutSinkError(route, step.name);

    const rank = ({ stage, order = 0 }: ProcessorOptions) => STAGES.indexOf(stage) * 1_000_000 + order;
    const steps = processors.toSorted((a, b) => rank(a.options) - rank(b.options)).map(({ step }) => step);
    return { steps, sinks };
  }

  private sinks(): Map<Route, EventSink> {
    const sinks = new Map<Route, EventSink>();
    const owners = new Map<Route, string>();
    for (const { options, name, instance } of this.marked<SinkOptions>(SINK_OPTIONS)) {
      if (!(instance instanceof EventSink)) throw new MissingMethodError(name, 'deliver', EventSink.name);
      for (const route of options.routes) {
        const other = owners.get(route);
        if (other !== undefined) throw new DuplicateSinkError(route, other, name);
        sinks.set(route, instance);
        owners.set(route, name);
      }
    }
    return sinks;
  }

  private marked<Options>(key: string): { options: Options; name: string; instance: unknown }[] {
    const found = [];
    const seen = new Set<unknown>();
    for (const wrapper of this.discovery.getProviders()) {
      // The class of the instance counts, so that a test may put a value in a class's place.
      const marked = wrapper.instance?.constructor ?? wrapper.metatype;
      const options = typeof marked === 'function' ? this.reflector.get<Options | undefined>(key, marked) : undefined;
      if (options === undefined || seen.has(wrapper.instance)) continue;
      if (!wrapper.isDependencyTreeStatic()) throw new ScopedProviderError(wrapper.name);
      seen.add(wrapper.instance);
      found.push({ options, name: marked.name, instance: wrapper.instance as unknown });
    }
    return found;
  }
}
