import { Injectable, Module, Scope, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { CORE_ROUTES, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor, type ProcessorOptions } from './event-processor.js';
import { EventSink, Sink, type Delivery } from './event-sink.js';
import { PipelineExplorer } from './pipeline.explorer.js';

abstract class Passing extends EventProcessor {
  process(event: CapturedEvent) {
    return event;
  }
}
abstract class Keeping extends EventSink {
  async deliver(): Promise<Delivery> {
    return { ack: 'log', spooled: 0, dropped: [] };
  }
}

@Sink({ routes: CORE_ROUTES })
class CoreSink extends Keeping {}

/** A processor class of its own name. */
function aProcessor(name: string, options: ProcessorOptions): new () => EventProcessor {
  const named = { [name]: class extends Passing {} }[name];
  Processor(options)(named);
  return named;
}

/** Explores an application of these providers and the core's sink. */
async function explore(providers: Provider[], imports: (new () => object)[] = []) {
  @Module({ imports: [DiscoveryModule], providers: [PipelineExplorer, ...providers] })
  class Application {}
  const module = await Test.createTestingModule({ imports: [Application, ...imports] }).compile();
  return module.get(PipelineExplorer).explore();
}

const names = async (providers: Provider[], imports?: (new () => object)[]) =>
  (await explore([CoreSink, ...providers], imports)).steps.map(({ name }) => name);

describe('PipelineExplorer', () => {
  it('puts processors in the order of their stages, whatever the order of the providers', async () => {
    const stages = ['route', 'enrich', 'admit', 'filter'] as const;
    expect(await names(stages.map((stage) => aProcessor(stage, { stage })))).toEqual(['admit', 'filter', 'enrich', 'route']);
  });

  it('sorts within a stage by order, the core’s own being 0; ties keep the order of the providers', async () => {
    const processors = [
      aProcessor('Late', { stage: 'filter', order: 10 }),
      aProcessor('First', { stage: 'filter' }),
      aProcessor('Second', { stage: 'filter', order: 0 }),
      aProcessor('Early', { stage: 'filter', order: -5 }),
      aProcessor('Admitting', { stage: 'admit', order: 99 }),
    ];
    expect(await names(processors)).toEqual(['Admitting', 'Early', 'First', 'Second', 'Late']);
  });

  it('finds those of other modules', async () => {
    const Other = aProcessor('Other', { stage: 'admit' });
    @Module({ providers: [Other] })
    class OtherModule {}
    expect(await names([], [OtherModule])).toEqual(['Other']);
  });

  it('finds one provided twice once, and one given as a value', async () => {
    const One = aProcessor('One', { stage: 'admit' });
    const Two = aProcessor('Two', { stage: 'admit' });
    expect(await names([One, { provide: 'alias', useExisting: One }, { provide: EventProcessor, useValue: new Two() }])).toEqual([
      'One',
      'Two',
    ]);
  });

  it('passes events on after an error unless told to drop them', async () => {
    const { steps } = await explore([CoreSink, aProcessor('A', { stage: 'admit' }), aProcessor('B', { stage: 'admit', onError: 'drop' })]);
    expect(steps.map(({ onError }) => onError)).toEqual(['pass', 'drop']);
  });

  it('gives every route its sink, a team’s own too', async () => {
    @Sink({ routes: ['audit'] })
    class AuditSink extends Keeping {}
    const { sinks } = await explore([CoreSink, AuditSink, aProcessor('Auditing', { stage: 'route', routes: ['audit', 'main'] })]);
    expect(sinks.get('audit')).toBeInstanceOf(AuditSink);
    expect(CORE_ROUTES.every((route) => sinks.get(route) instanceof CoreSink)).toBe(true);
  });
});

describe('PipelineExplorer: what stops the boot, by name', () => {
  it('a route of the core without a sink', async () => {
    @Sink({ routes: CORE_ROUTES.filter((route) => route !== 'heatmaps') })
    class MostSink extends Keeping {}
    await expect(explore([MostSink])).rejects.toMatchObject({
      name: 'RouteWithoutSinkError',
      message: "route 'heatmaps' (from the core) has no sink: provide a class with @Sink({ routes: ['heatmaps'] })",
    });
  });

  it('a route of a processor without a sink', async () => {
    await expect(explore([CoreSink, aProcessor('Auditing', { stage: 'route', routes: ['audit'] })])).rejects.toMatchObject({
      name: 'RouteWithoutSinkError',
      message: "route 'audit' (from Auditing) has no sink: provide a class with @Sink({ routes: ['audit'] })",
    });
  });

  it('two sinks for a route', async () => {
    @Sink({ routes: ['audit', 'main'] })
    class SecondSink extends Keeping {}
    await expect(explore([CoreSink, SecondSink])).rejects.toMatchObject({
      name: 'DuplicateSinkError',
      message: "route 'main' has two sinks, CoreSink and SecondSink: a route has exactly one",
    });
  });

  it('a stage that there is none', async () => {
    const options = { stage: 'filtre' } as unknown as ProcessorOptions;
    await expect(explore([CoreSink, aProcessor('Typing', options)])).rejects.toMatchObject({
      name: 'UnknownStageError',
      message: "Typing asks for stage 'filtre'; the stages are admit, filter, enrich, route",
    });
  });

  it('a processor that lives for a request alone, by itself or by what it depends on', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Visitor {}
    @Processor({ stage: 'filter' })
    class Scoped extends Passing {}
    Injectable({ scope: Scope.REQUEST })(Scoped);
    @Processor({ stage: 'filter' })
    class Depending extends Passing {
      constructor(readonly visitor: Visitor) {
        super();
      }
    }
    await expect(explore([CoreSink, Scoped])).rejects.toMatchObject({
      name: 'ScopedProviderError',
      message: expect.stringMatching(/^Scoped is /),
    });
    await expect(explore([CoreSink, Visitor, Depending])).rejects.toMatchObject({ message: expect.stringMatching(/^Depending is /) });
  });

  it('a class that is marked but is none', async () => {
    @Processor({ stage: 'filter' })
    class NoProcessor {}
    @Sink({ routes: ['audit'] })
    class NoSink {}
    await expect(explore([CoreSink, NoProcessor])).rejects.toMatchObject({
      name: 'MissingMethodError',
      message: 'NoProcessor has no process(): extend EventProcessor',
    });
    await expect(explore([CoreSink, NoSink])).rejects.toMatchObject({ message: 'NoSink has no deliver(): extend EventSink' });
  });
});
