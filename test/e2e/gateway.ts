import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { encodeMessage } from '@app/event';
import { ManualClock, MemorySink } from '@app/testing';
import { createGateway } from '../../src/create-gateway.js';
import type { SeenMessage, WireAnswer, WireRequest } from '../corpus/runner.js';

/** When all in-process tests happen: 2026-11-24T12:00:00.000Z. */
export const NOW = Date.UTC(2026, 10, 24, 12);

/** A whole gateway in this process: real routes, decoder and pipeline; its events end in memory. */
export interface Gateway {
  readonly app: NestFastifyApplication;
  readonly sink: MemorySink;
  readonly clock: ManualClock;
  send(request: WireRequest): Promise<WireAnswer>;
  /** What was produced since the last call. */
  taken(): SeenMessage[];
  close(): Promise<void>;
}

export async function openGateway(env: Record<string, string | undefined> = {}): Promise<Gateway> {
  const sink = new MemorySink();
  const messages = encodingDelivered(sink);
  const clock = new ManualClock(NOW);
  const app = await createGateway({ LOG_LEVEL: 'silent', ...env }, { sink, clock });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    sink,
    clock,
    send: (request) => inject(app, request),
    taken: () => messages.splice(0),
    close: () => app.close(),
  };
}

/** Every delivered event as its consumer would read it. */
function encodingDelivered(sink: MemorySink): SeenMessage[] {
  const messages: SeenMessage[] = [];
  const deliver = sink.deliver.bind(sink);
  sink.deliver = async (events, context) => {
    const delivery = await deliver(events, context);
    for (const event of events) {
      const { route, topic, key, headers, value } = encodeMessage(event, context);
      messages.push({ route, ...(topic !== undefined && { topic }), key, headers, value: value.toString() });
    }
    // Kept for looking at one request, not ten thousand.
    sink.captured.length = 0;
    sink.contexts.length = 0;
    return delivery;
  };
  return messages;
}

async function inject(app: NestFastifyApplication, { method, url, headers, body }: WireRequest): Promise<WireAnswer> {
  const reply = await app.inject({ method: method as 'POST', url, headers: { ...headers }, ...(body ? { payload: body } : {}) });
  return { status: reply.statusCode, headers: flat(reply.headers), body: reply.body };
}

function flat(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** A request with a JSON body. */
export function post(path: string, body: unknown, headers: Record<string, string> = {}): WireRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', url: path, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(text) };
}

export function anEventBody(rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { token: 'phc_e2e', event: 'e', distinct_id: 'd', ...rest };
}

/** The value of a counter in /metrics; all of its labels together, or those of `labels`. */
export async function counter({ app }: Gateway, name: string, labels = ''): Promise<number> {
  const { body } = await app.inject({ method: 'GET', url: '/metrics' });
  return body
    .split('\n')
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
