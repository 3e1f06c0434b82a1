import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCollector, type Collector } from '../otlp/collector.ts';

const HOSTS = process.env.KAFKA_HOSTS ?? '';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SAMPLED = `00-${TRACE}-00f067aa0ba902b7-01`;
const PATIENT = { timeout: 30_000, interval: 50 };
/** Says on stderr which of OpenTelemetry's packages a process loads; prom-client takes the API along by itself. */
const TELL_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ resolve(specifier, context, next) {
    const found = next(specifier, context);
    const name = /@opentelemetry\\/(?!api\\/)[a-z-]+/.exec(found.url);
    if (name) console.error('LOADED ' + name[0]);
    return found;
  } });
`)}`;

let collector: Collector;
let gateway: Gateway | undefined;
let topic: EphemeralTopic | undefined;

beforeEach(async () => {
  collector = await openCollector();
});
afterEach(async () => {
  await gateway?.stop('SIGKILL');
  await topic?.delete();
  await collector.close();
  gateway = topic = undefined;
});

async function open(env: Record<string, string> = {}): Promise<Gateway> {
  topic = await EphemeralTopic.create(HOSTS);
  gateway = await startGateway({ env: { KAFKA_HOSTS: HOSTS, KAFKA_TOPIC: topic.name, LOG_LEVEL: 'warn', ...env } });
  return gateway;
}

const traced = (env: Record<string, string> = {}) => open({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env });

/** @returns how many were answered 200 */
async function send(count: number, headers: Record<string, string> = {}): Promise<number> {
  const body = JSON.stringify({ token: 'phc_traced', event: 'e', distinct_id: 'ada@example.com' });
  const statuses = [];
  for (let i = 0; i < count; i++) {
    const reply = await fetch(`${gateway!.url}/e/`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
    await reply.text();
    statuses.push(reply.status);
  }
  return statuses.filter((status) => status === 200).length;
}

const servers = () => collector.spans.filter(({ kind }) => kind === 2);
const loaded = () => [...new Set([...gateway!.logs().matchAll(/^LOADED (\S+)/gm)].map(([, name]) => name))];

describe('a gateway with tracing off', () => {
  it('does not load OpenTelemetry, and one with tracing on does', async () => {
    await open({ NODE_OPTIONS: `--import=${TELL_LOADED}` });
    expect(await send(1)).toBe(1);
    expect(loaded()).toEqual([]);
    await gateway!.stop();
    await topic!.delete();
    await traced({ NODE_OPTIONS: `--import=${TELL_LOADED}` });
    expect(loaded()).toContain('@opentelemetry/sdk-trace');
  });
});

describe('a gateway with tracing on', () => {
  it('sends a span of the produce to Kafka, and the last ones at the end, within its own time', async () => {
    await traced();
    expect(await send(1, { traceparent: SAMPLED })).toBe(1);
    expect(await gateway!.stop()).toBe(0);
    expect(new Set(collector.requests.map(({ path }) => path))).toEqual(new Set(['/v1/traces']));
    const [server] = servers();
    expect(server).toMatchObject({ name: 'POST /e', traceId: TRACE, attributes: { 'inlet.ack': 'kafka', 'inlet.outcome': 'accepted' } });
    const produce = collector.spans.find(({ kind }) => kind === 4);
    expect(produce).toMatchObject({
      name: `send ${topic!.name}`,
      traceId: TRACE,
      parentId: server.spanId,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': topic!.name,
        'messaging.batch.message_count': 1,
        'inlet.ack': 'kafka',
      },
    });
    const bytes = Buffer.concat(collector.bodies);
    for (const secret of ['phc_traced', 'ada@example.com', '127.0.0.1']) expect([secret, bytes.includes(secret)]).toEqual([secret, false]);
    const [{ headers }] = await topic!.readUntil(1);
    expect(Object.keys(headers)).not.toContain('traceparent');
  });

  it('gives its messages the header that continues the trace, when asked to', async () => {
    await traced({ TRACE_MESSAGE_HEADERS: 'true' });
    await send(1, { traceparent: SAMPLED });
    await gateway!.stop();
    const [{ headers }] = await topic!.readUntil(1);
    const { spanId } = collector.spans.find(({ kind }) => kind === 4)!;
    expect(headers.traceparent).toBe(`00-${TRACE}-${spanId}-01`);
    expect(headers).toMatchObject({ token: 'phc_traced', event: 'e' });
  });

  it('traces the share that it was told, also of clients that ask for all', async () => {
    await traced({ OTEL_SAMPLING_RATE: '0.3' });
    expect(await send(150, { traceparent: SAMPLED })).toBe(150);
    await gateway!.stop();
    // Six standard deviations: once in a billion runs.
    expect(servers().length).toBeGreaterThan(11);
    expect(servers().length).toBeLessThan(79);
  });

  it('acknowledges as ever when there is no collector, counts what is lost, and ends as ever', async () => {
    await collector.close();
    await traced({ SHUTDOWN_GRACE_MS: '5000' });
    expect(await send(20)).toBe(20);
    expect(await topic!.readUntil(20)).toHaveLength(20);
    const lost = async () =>
      /^capture_trace_spans_dropped_total{cause="export_failed"} (\d+)/m.exec(await (await fetch(`${gateway!.url}/metrics`)).text())?.[1];
    await expect.poll(lost, PATIENT).toBe('100');
    expect(gateway!.logs().match(/spans could not be exported: .*ECONNREFUSED/g)).toHaveLength(1);
    await send(1);
    expect(await gateway!.stop()).toBe(0);
  });

  it('with workers is traced by each of them', async () => {
    await traced({ WORKERS: '2' });
    const instances = () => new Set(servers().map(({ resource }) => resource['service.instance.id']));
    await expect.poll(async () => (await send(5, { connection: 'close' }), instances().size), PATIENT).toBe(2);
    expect(await gateway!.stop()).toBe(0);
  });
});
