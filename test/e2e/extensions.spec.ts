import { HttpCode, Injectable, Module, Post, Scope, type Type } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Captured, CaptureEndpoint, NormalizeEventsPipe, type NormalizedRequest } from '@app/capture';
import { drop, type CaptureContext, type CapturedEvent } from '@app/event';
import { EventProcessor, EventSink, PipelineService, Processor, Sink, type Delivery, type ProcessorOptions } from '@app/pipeline';
import { MemorySink } from '@app/testing';
import { createGateway } from '../../src/create-gateway.js';
import { anEventBody, post } from './gateway.js';

/** A product team's module: it audits some events on a route of its own, and takes webhooks. */
@Processor({ stage: 'route', routes: ['audit'] })
class AuditRouter extends EventProcessor {
  process(event: CapturedEvent) {
    if (event.name === 'unwanted') return drop('unwanted');
    return event.name.startsWith('audit:') ? { ...event, route: 'audit' } : event;
  }
}

@Sink({ routes: ['audit'] })
class AuditSink extends EventSink {
  readonly kept: { event: CapturedEvent; path: string }[] = [];

  async deliver(events: readonly CapturedEvent[], { path }: CaptureContext): Promise<Delivery> {
    this.kept.push(...events.map((event) => ({ event, path })));
    return { ack: 'log', spooled: 0, dropped: [] };
  }
}

@CaptureEndpoint('webhooks/billing')
class BillingController {
  constructor(private readonly pipeline: PipelineService) {}

  @Post()
  @HttpCode(200)
  async receive(@Captured(NormalizeEventsPipe) { events, dropped, request }: NormalizedRequest) {
    const renamed = events.map((event) => ({ ...event, name: `audit:${event.name}` }));
    const { accepted } = await this.pipeline.ingest(renamed, request.context, dropped);
    return { accepted };
  }
}

@Module({ providers: [AuditRouter, AuditSink], controllers: [BillingController] })
class AuditModule {}

const open = async (extensions: readonly Type[], sink: EventSink = new MemorySink()) => {
  const app = await createGateway({ LOG_LEVEL: 'silent' }, { sink, extensions });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
};

describe('a product team’s module', () => {
  const sink = new MemorySink();
  let app: Awaited<ReturnType<typeof open>>;
  let audit: AuditSink;
  beforeAll(async () => {
    app = await open([AuditModule], sink);
    audit = app.get(AuditSink);
  });
  afterAll(() => app.close());

  const send = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    sink.captured.length = 0;
    audit.kept.length = 0;
    const { method, url, headers: all, body: payload } = post(path, body, headers);
    const reply = await app.inject({ method: method as 'POST', url, headers: { ...all }, payload });
    const kept = audit.kept.map(({ event }) => event.name);
    return { status: reply.statusCode, body: reply.body, main: sink.captured.map(({ name }) => name), audit: kept };
  };

  it('routes some events to its own sink, beside the core’s', async () => {
    const batch = [anEventBody({ event: 'a' }), anEventBody({ event: 'audit:b' }), anEventBody({ event: 'unwanted' })];
    expect(await send('/e/', batch)).toEqual({ status: 200, body: '{"status":"Ok"}', main: ['a'], audit: ['audit:b'] });
  });

  it('has an endpoint of its own, with both slash forms', async () => {
    for (const path of ['/webhooks/billing', '/webhooks/billing/'])
      expect(await send(path, anEventBody({ event: 'paid' }))).toMatchObject({ body: '{"accepted":1}', main: [], audit: ['audit:paid'] });
    expect(audit.kept[0].path).toBe('/webhooks/billing');
  });

  it('gets decoding, the token check and the error texts with its endpoint', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const encoded = Buffer.from(JSON.stringify(anEventBody({ event: 'paid' }))).toString('base64');
    expect(await send('/webhooks/billing', `data=${encodeURIComponent(encoded)}`, form)).toMatchObject({ audit: ['audit:paid'] });
    expect(await send('/webhooks/billing', '{')).toMatchObject({ status: 400, body: expect.stringMatching(/^failed to parse request: /) });
    expect(await send('/webhooks/billing', { event: 'paid', distinct_id: 'd' })).toMatchObject({
      status: 401,
      body: expect.stringMatching(/^event submitted without an api_key: /),
      audit: [],
    });
  });

  it('is counted like the core’s own', async () => {
    await send('/webhooks/billing', [anEventBody({ event: 'paid' }), anEventBody({ event: '' })]);
    const { body } = await app.inject({ method: 'GET', url: '/metrics' });
    expect(body).toMatch(/^http_requests_total\{method="POST",path="\/webhooks\/billing",status="200"\} \d+$/m);
    expect(body).toMatch(/^capture_events_dropped_total\{cause="unwanted"\} 1$/m);
    const sum = (name: string) =>
      [...body.matchAll(new RegExp(`^capture_events_${name}_total(?:\\{.*\\})? (\\d+)$`, 'gm'))].reduce(
        (total, [, value]) => total + Number(value),
        0,
      );
    expect(sum('received')).toBe(['ingested', 'spooled', 'dropped', 'rejected'].reduce((total, name) => total + sum(name), 0));
  });
});

describe('a mistake in a module stops the boot and is named', () => {
  class Passing extends EventProcessor {
    process(event: CapturedEvent) {
      return event;
    }
  }
  const asProcessor = (options: ProcessorOptions) => {
    class Mistaken extends Passing {}
    Processor(options)(Mistaken);
    return Mistaken;
  };
  const scoped = asProcessor({ stage: 'filter' });
  Injectable({ scope: Scope.REQUEST })(scoped);
  class SecondSink extends AuditSink {}
  Sink({ routes: ['main'] })(SecondSink);
  class NoProcessor {}
  Processor({ stage: 'filter' })(NoProcessor);

  it.each<[string, string, Type]>([
    ['a route without a sink', 'RouteWithoutSinkError', asProcessor({ stage: 'route', routes: ['nowhere'] })],
    ['a second sink for a route', 'DuplicateSinkError', SecondSink],
    ['an unknown stage', 'UnknownStageError', asProcessor({ stage: 'before' } as unknown as ProcessorOptions)],
    ['a request-scoped processor', 'ScopedProviderError', scoped],
    ['a processor without process()', 'MissingMethodError', NoProcessor],
  ])('%s: %s', async (_, name, provider) => {
    @Module({ providers: [provider] })
    class MistakenModule {}
    await expect(open([MistakenModule])).rejects.toMatchObject({ name });
  });
});
