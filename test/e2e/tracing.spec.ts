import { connect } from 'node:net';
import { Logger, Module, type Type } from '@nestjs/common';
import { encodeMessage, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { MemorySink } from '@app/testing';
import { register } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/create-gateway.js';
import { openCollector, type Collector, type SeenSpan } from '../otlp/collector.js';
import { anEventBody, counter, post } from './gateway.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const SAMPLED = `00-${TRACE}-${PARENT}-01`;
const UNSAMPLED = `00-${TRACE}-${PARENT}-00`;

/** Says something while it works for a request. */
@Processor({ stage: 'enrich' })
class Talkative extends EventProcessor {
  process(event: CapturedEvent) {
    if (event.name === 'say') new Logger('Talkative').warn('said');
    if (event.name === 'throw') throw new Error('no');
    return event;
  }
}
@Module({ providers: [Talkative] })
class TalkativeModule {}

/** A sink that says something of its own. */
class TalkativeSink extends MemorySink {
  override async deliver(...given: Parameters<MemorySink['deliver']>) {
    new Logger('Sink').warn('from the sink');
    return super.deliver(...given);
  }
}

type App = Awaited<ReturnType<typeof createGateway>>;
let collector: Collector;
let app: App | undefined;
let sink: MemorySink;
let lines: Record<string, unknown>[];
let messages: Record<string, string>[];

beforeEach(async () => {
  collector = await openCollector();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await collector.close();
});

async function open(env: Record<string, string> = {}, extensions: readonly Type[] = []): Promise<App> {
  sink = new TalkativeSink();
  lines = [];
  messages = [];
  const deliver = sink.deliver.bind(sink);
  sink.deliver = (events, context) => {
    messages.push(...events.map((event) => encodeMessage(event, context).headers));
    return deliver(events, context);
  };
  const logs = { write: (line: string) => void lines.push(JSON.parse(line)) };
  app = await createGateway({ LOG_LEVEL: 'warn', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env }, { sink, extensions, logs });
  await app.listen(0, '127.0.0.1');
  return app;
}

async function send(path: string, body: unknown, headers: Record<string, string> = {}) {
  const request = post(path, body, headers);
  const reply = await fetch(`${await app!.getUrl()}${path}`, {
    method: 'POST',
    headers: request.headers,
    body: request.body as Uint8Array<ArrayBuffer>,
  });
  return { status: reply.status, body: await reply.text() };
}

/** All spans, which are flushed when the gateway ends. */
async function spans(): Promise<SeenSpan[]> {
  await app?.close();
  app = undefined;
  return collector.spans;
}

const named = (all: readonly SeenSpan[], name: string) => {
  const found = all.filter((span) => span.name === name);
  expect(found, `spans named ${name} among ${all.map((span) => span.name).join(', ')}`).toHaveLength(1);
  return found[0];
};

describe('a traced request', () => {
  it('is one server span with a child for each stage, within it and in order', async () => {
    await open();
    expect((await send('/batch/?ver=1.2.3', { token: 'phc_e2e', batch: [anEventBody(), anEventBody()] })).status).toBe(200);
    const all = await spans();
    const server = named(all, 'POST /batch');
    expect(server).toMatchObject({ kind: 2, parentId: '', status: 0 });
    const stages = ['receive', 'decode', 'pipeline', 'deliver TalkativeSink'].map((name) => named(all, name));
    expect(all).toHaveLength(5);
    let last = server.start;
    for (const { parentId, traceId, start, end } of stages) {
      expect([traceId, parentId]).toEqual([server.traceId, server.spanId]);
      expect(start).toBeGreaterThanOrEqual(last - MILLISECOND);
      expect(end).toBeGreaterThanOrEqual(start);
      expect(end).toBeLessThanOrEqual(server.end + MILLISECOND);
      last = start;
    }
  });

  it('says how much of what, and what became of it', async () => {
    await open({ OTEL_SERVICE_NAME: 'capture', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=a%20b,service.namespace=x' });
    const body = { token: 'phc_e2e', batch: [anEventBody(), { event: 'without an id' }] };
    await send('/batch/', body, { 'user-agent': 'posthog-python/7.9.1' });
    const all = await spans();
    const { attributes, resource } = named(all, 'POST /batch');
    expect(attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/batch',
      'http.response.status_code': 200,
      'http.request.body.size': JSON.stringify(body).length,
      'inlet.payload.size': JSON.stringify(body).length,
      'inlet.outcome': 'partial',
      'inlet.ack': 'log',
      'inlet.events.received': 2,
      'inlet.events.accepted': 1,
      'inlet.sdk.name': 'posthog-python',
      'inlet.sdk.version': '7.9.1',
    });
    expect(resource).toMatchObject({ 'service.name': 'capture', 'deployment.environment': 'a b', 'service.namespace': 'x' });
    expect(named(all, 'deliver TalkativeSink').attributes).toMatchObject({
      'messaging.batch.message_count': 1,
      'inlet.routes': ['main'],
      'inlet.ack': 'log',
    });
  });

  it.each<[string, unknown, number, Record<string, unknown>]>([
    ['/e/', 'no JSON', 400, { 'inlet.outcome': 'refused', 'inlet.refusal': 'unparsable', 'inlet.events.received': 0 }],
    ['/e/', { event: 'e', distinct_id: 'd' }, 401, { 'inlet.outcome': 'refused', 'inlet.refusal': 'missing_token' }],
  ])('of %s with %o ends as refused, with its reason and without an error', async (path, body, status, expected) => {
    await open();
    expect((await send(path, body)).status).toBe(status);
    expect(named(await spans(), 'POST /e')).toMatchObject({ status: 0, attributes: { 'http.response.status_code': status, ...expected } });
  });

  it('that we failed is an error, and so is its delivery', async () => {
    await open();
    sink.failure = new Error('of phc_e2e');
    expect((await send('/e/', anEventBody())).status).toBe(500);
    const all = await spans();
    expect(named(all, 'POST /e')).toMatchObject({ status: 2, attributes: { 'error.type': 'internal', 'inlet.outcome': 'failed' } });
    expect(named(all, 'deliver TalkativeSink')).toMatchObject({ status: 2, attributes: { 'error.type': 'Error' } });
  });

  it('of the strict endpoint has one span for its delivery, though each event is delivered for itself', async () => {
    await open();
    const uuids = [1, 2, 3].map((n) => `01890a5d-ac96-774b-bcce-b302099a805${n}`);
    const at = new Date().toISOString();
    const batch = uuids.map((uuid) => ({ uuid, event: 'e', distinct_id: 'd', timestamp: at, properties: {} }));
    const headers = {
      authorization: 'Bearer phc_e2e',
      'posthog-sdk-info': 'posthog-rs/0.15.0',
      'posthog-attempt': '1',
      'posthog-request-id': uuids[0],
      'posthog-request-timestamp': at,
      'user-agent': 'posthog-rs/0.15.0',
    };
    const reply = await send('/i/v1/analytics/events', { created_at: at, batch }, headers);
    expect(reply.status, reply.body).toBe(200);
    const all = await spans();
    expect(named(all, 'POST /i/v1/analytics/events').attributes).toMatchObject({
      'inlet.events.accepted': 3,
      'inlet.sdk.name': 'posthog-rs',
    });
    expect(named(all, 'deliver TalkativeSink').attributes).toMatchObject({ 'messaging.batch.message_count': 3 });
  });

  it('that its client gives up ends as aborted', async () => {
    await open();
    const { port } = new URL(await app!.getUrl());
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /e/ HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"token"');
    const inFlight = () => counter({ app: app! } as Parameters<typeof counter>[0], 'capture_in_flight_bytes');
    await expect.poll(inFlight).toBeGreaterThan(0);
    socket.destroy();
    await expect.poll(inFlight).toBe(0);
    const all = await spans();
    expect(all.map(({ name }) => name).sort()).toEqual(['POST /e', 'receive']);
    expect(named(all, 'POST /e').attributes).toMatchObject({ 'inlet.outcome': 'aborted', 'inlet.events.received': 0 });
  });

  it('is a request with events: not health, not metrics, not a preflight, not an unknown path', async () => {
    await open();
    const url = await app!.getUrl();
    for (const path of ['/_readiness', '/metrics', '/flags', '/nothing']) await (await fetch(url + path)).text();
    await fetch(`${url}/e/`, { method: 'OPTIONS', headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' } });
    expect(await spans()).toEqual([]);
  });
});

/** Spans take their times from clocks that are not the same. */
const MILLISECOND = 1_000_000n;

describe('the context that a client sends', () => {
  it('is continued', async () => {
    await open();
    await send('/e/', anEventBody(), { traceparent: SAMPLED, tracestate: 'who=phc_e2e' });
    const all = await spans();
    expect(named(all, 'POST /e')).toMatchObject({ traceId: TRACE, parentId: PARENT });
    expect(all.every(({ traceId }) => traceId === TRACE)).toBe(true);
    expect(Buffer.concat(collector.bodies).includes('phc_e2e')).toBe(false);
  });

  it.each(['', '00', `00-${'0'.repeat(32)}-${PARENT}-01`, `ff-${TRACE}-${PARENT}-01`, `${SAMPLED}, ${SAMPLED}`])(
    '%j is none: a trace begins here',
    async (traceparent) => {
      await open();
      await send('/e/', anEventBody(), { traceparent });
      const { traceId, parentId } = named(await spans(), 'POST /e');
      expect([parentId, traceId === TRACE, traceId.length]).toEqual(['', false, 32]);
    },
  );

  it('that is not sampled is obeyed', async () => {
    await open();
    await send('/e/', anEventBody(), { traceparent: UNSAMPLED });
    expect(await spans()).toEqual([]);
  });

  it('cannot raise the rate, unless it is trusted', async () => {
    await open({ OTEL_SAMPLING_RATE: '0' });
    await send('/e/', anEventBody(), { traceparent: SAMPLED });
    expect(await spans()).toEqual([]);
    await open({ OTEL_SAMPLING_RATE: '0', TRACE_TRUST_PARENT: 'true' });
    await send('/e/', anEventBody(), { traceparent: SAMPLED });
    await send('/e/', anEventBody());
    expect((await spans()).filter(({ kind }) => kind === 2)).toMatchObject([{ traceId: TRACE }]);
  });

  it('goes on into messages only when that is asked for, and never into large ones', async () => {
    await open();
    await send('/e/', anEventBody());
    expect(messages.map(({ traceparent }) => traceparent)).toEqual([undefined]);
    await spans();
    await open({ TRACE_MESSAGE_HEADERS: 'true' });
    await send('/e/', anEventBody(), { traceparent: SAMPLED });
    await send('/e/', anEventBody(), { traceparent: UNSAMPLED });
    await send('/e/', anEventBody({ properties: { text: 'x'.repeat(300_000) } }), { traceparent: SAMPLED });
    const [first] = messages;
    const { spanId } = (await spans()).find(({ name, traceId }) => name.startsWith('deliver') && traceId === TRACE)!;
    expect(first.traceparent).toBe(`00-${TRACE}-${spanId}-01`);
    expect(messages.slice(1).map(({ traceparent }) => traceparent)).toEqual([undefined, undefined]);
  });
});

describe('a log line', () => {
  const said = () =>
    lines.filter(({ msg }) => msg === 'said').map(({ trace_id, span_id, trace_flags }) => ({ trace_id, span_id, trace_flags }));

  it('of a traced request bears its trace, others bear none', async () => {
    await open({}, [TalkativeModule]);
    await send('/e/', anEventBody({ event: 'say' }), { traceparent: SAMPLED });
    await send('/e/', anEventBody({ event: 'say' }), { traceparent: UNSAMPLED });
    const { spanId } = named(await spans(), 'POST /e');
    const none = { trace_id: undefined, span_id: undefined, trace_flags: undefined };
    expect(said()).toEqual([{ trace_id: TRACE, span_id: spanId, trace_flags: '01' }, none]);
  });

  it('of the error filter bears it too, and one of a sink does not: a sink works for many', async () => {
    await open();
    sink.failure = new Error('no');
    await send('/e/', anEventBody(), { traceparent: SAMPLED });
    const of = (start: string) => lines.find(({ msg }) => String(msg).startsWith(start));
    expect(of('Error while answering')).toMatchObject({ trace_id: TRACE });
    expect(of('from the sink')).not.toHaveProperty('trace_id');
  });
});

describe('what leaves', () => {
  it('holds nothing of a person or a project, whatever SDKs and their clients write where', async () => {
    await open({ TRUSTED_PROXIES: '127.0.0.1' }, [TalkativeModule]);
    const secrets = [
      'phc_secretsecret',
      'ada@example.com',
      '203.0.113.77',
      'session-of-ada',
      'secret event',
      'Ada/1.0',
      'adas-lib',
      '9.8.7.6',
    ];
    const [token, id, ip, session, name, agent, lib, version] = secrets;
    const event = anEventBody({
      token,
      distinct_id: id,
      event: name,
      properties: { $session_id: session, $lib: lib, $lib_version: version, $ip: ip, $user_agent: agent },
    });
    const headers = {
      'x-forwarded-for': ip,
      'user-agent': agent,
      'x-request-id': id,
      referer: `https://x.example/${id}`,
      origin: `https://${lib}`,
    };
    const data = encodeURIComponent(Buffer.from(JSON.stringify(event)).toString('base64'));
    await send('/e/', event, headers);
    await send(`/batch/?ip=${ip}&_=${id}&ver=${version}`, { token, batch: [event, { ...event, event: '' }] }, headers);
    await send('/e/', { ...event, distinct_id: undefined }, headers);
    await send('/e/', `{"token":"${token}","distinct_id":"${id}"`, headers);
    await send('/e/', event, {
      ...headers,
      'user-agent': `posthog-${id} posthog-python/1.2.3.4`,
      baggage: `who=${id}`,
      tracestate: `who=${token}`,
    });
    sink.failure = new Error(`not for ${id} of ${token}`);
    await send('/e/', event, headers);
    await (await fetch(`${await app!.getUrl()}/e/?data=${data}`, { headers })).text();
    expect((await spans()).filter(({ kind }) => kind === 2)).toHaveLength(7);
    const sent = Buffer.concat(collector.bodies);
    const digest = [...secrets, data].filter((secret) => sent.includes(secret) || sent.includes(Buffer.from(secret).toString('base64')));
    expect(digest).toEqual([]);
  });

  it('goes to the collector’s path, with the operator’s headers', async () => {
    await open({ OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a=b,authorization=Bearer%20x' });
    await send('/e/', anEventBody());
    await spans();
    expect(collector.requests[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-key': 'a=b', authorization: 'Bearer x' } });
  });
});

describe('a collector in trouble', () => {
  const dropped = (cause: string) =>
    counter({ app: app! } as Parameters<typeof counter>[0], 'capture_trace_spans_dropped_total', `"${cause}"`);

  it('that refuses costs no request anything: what is lost is counted, and told in one line', async () => {
    await open();
    const before = await dropped('export_failed');
    collector.answer = (reply) => reply.writeHead(400).end();
    for (let round = 1; round <= 2; round++) {
      expect((await send('/e/', anEventBody())).status).toBe(200);
      await expect.poll(() => dropped('export_failed'), { timeout: 10_000 }).toBe(before + 5 * round);
    }
    expect(lines.filter(({ context }) => context === 'Tracing').map(({ msg }) => msg)).toEqual([
      expect.stringContaining('5 spans could not be exported'),
    ]);
  });

  it('that hangs delays no request, and takes a bounded number of spans', async () => {
    await open({ SHUTDOWN_GRACE_MS: '2500' });
    const before = await dropped('queue_full');
    collector.answer = () => {};
    // Five spans each, and no more than 2048 wait, beside those that are with the collector.
    for (let i = 0; i < 60; i++) await Promise.all(Array.from({ length: 20 }, () => send('/e/', anEventBody())));
    expect(sink.captured.length).toBe(1200);
    expect(await dropped('queue_full')).toBeGreaterThan(before);
    await app!.close();
    app = undefined;
    expect(collector.spans.length).toBeLessThanOrEqual(512 + 2048);
  });

  it('that hangs does not hold up the end: nobody waits until an export has failed', async () => {
    await open({ SHUTDOWN_GRACE_MS: '2500' });
    collector.answer = () => {};
    await send('/e/', anEventBody());
    const failed = async () => (await register.getSingleMetricAsString('capture_trace_spans_dropped_total')).match(/export_failed.*/)?.[0];
    const before = await failed();
    await app!.close();
    app = undefined;
    expect(collector.requests).toHaveLength(1);
    expect(await failed()).toBe(before);
  });
});
