import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureError } from '@app/event';
import type { WireRequest } from '../corpus/runner.js';
import { anEventBody, counter, openGateway, post, type Gateway } from './gateway.js';

const COLUMNS = ['received', 'ingested', 'spooled', 'dropped', 'rejected'] as const;
type Ledger = Partial<Record<(typeof COLUMNS)[number], number>>;

const noId = { token: 'phc_e2e', event: 'e' };
const good = anEventBody();
const rows: { what: string; request: WireRequest; entry: Ledger; cause?: string; failure?: Error }[] = [
  { what: 'an event', request: post('/e/', good), entry: { received: 1, ingested: 1 } },
  { what: 'a batch', request: post('/e/', [good, good, good]), entry: { received: 3, ingested: 3 } },
  { what: 'a beacon', request: post('/e/?beacon=1', good), entry: { received: 1, ingested: 1 } },
  {
    what: 'a batch with a bad event',
    request: post('/e/', [good, noId, good]),
    entry: { received: 3, ingested: 2, dropped: 1 },
    cause: 'dropped_total{cause="missing_distinct_id"',
  },
  {
    what: 'an event that is never ingested',
    request: post('/e/', [good, anEventBody({ event: '$performance_event' })]),
    entry: { received: 2, ingested: 1, dropped: 1 },
    cause: 'dropped_total{cause="performance_event"',
  },
  {
    what: 'an event that makes two messages',
    request: post('/e/', anEventBody({ properties: { $heatmap_data: {} } })),
    entry: { received: 1, ingested: 1 },
  },
  {
    what: 'a lone bad event',
    request: post('/e/', noId),
    entry: { received: 1, rejected: 1 },
    cause: 'rejected_total{cause="missing_distinct_id"',
  },
  { what: 'nothing but bad events', request: post('/e/', [noId, noId]), entry: { received: 2, rejected: 2 } },
  {
    what: 'a missing token',
    request: post('/e/', [{ event: 'e', distinct_id: 'd' }]),
    entry: { received: 1, rejected: 1 },
    cause: 'rejected_total{cause="token_shape_invalid"',
  },
  { what: 'a body that holds no event to count', request: post('/e/', '{'), entry: {} },
  { what: 'a preflight', request: { method: 'OPTIONS', url: '/e/', headers: {}, body: undefined }, entry: {} },
  {
    what: 'a sink that fails for now',
    request: post('/e/', [good, good]),
    entry: { received: 2, rejected: 2 },
    failure: new CaptureError('transient'),
  },
  {
    what: 'a sink that is broken',
    request: post('/e/', [good, good]),
    entry: { received: 2, rejected: 2 },
    failure: new TypeError('broken'),
  },
  {
    what: 'a sink that fails for a batch with a bad event',
    request: post('/e/', [good, noId]),
    entry: { received: 2, rejected: 2 },
    failure: new CaptureError('transient'),
  },
];

async function entryOf(gateway: Gateway): Promise<Required<Ledger>> {
  const values = await Promise.all(COLUMNS.map(async (name) => [name, await counter(gateway, `capture_events_${name}_total`)] as const));
  return Object.fromEntries(values) as Required<Ledger>;
}

describe.each([{ BATCH_POLICY: 'lenient' }, { BATCH_POLICY: 'strict' }])('the admission ledger, $BATCH_POLICY', (env) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway(env);
  });
  afterAll(() => gateway.close());

  it.each(rows)('books $what', async ({ request, entry, cause, failure }) => {
    const before = await entryOf(gateway);
    gateway.sink.failure = failure;
    await gateway.send(request);
    gateway.sink.failure = undefined;
    const after = await entryOf(gateway);
    const booked = Object.fromEntries(COLUMNS.map((name) => [name, after[name] - before[name]]));
    // Strict refuses a request whole for one bad event.
    const isStrict = env.BATCH_POLICY === 'strict' && request.body?.includes('"event":"e"}') === true;
    const expected = isStrict ? { received: entry.received ?? 0, rejected: entry.received ?? 0 } : entry;
    expect(booked).toEqual({ received: 0, ingested: 0, spooled: 0, dropped: 0, rejected: 0, ...expected });
    if (cause !== undefined && !isStrict)
      expect(await counter(gateway, `capture_events_${cause.split('{')[0]}`, cause.split('{')[1])).toBeGreaterThan(0);
  });

  it('balances', async () => {
    const { received, ingested, spooled, dropped, rejected } = await entryOf(gateway);
    expect(ingested + spooled + dropped + rejected).toBe(received);
    expect(received).toBeGreaterThan(15);
  });

  it('has no label that names a token or an id', async () => {
    const { body } = await gateway.app.inject({ method: 'GET', url: '/metrics' });
    expect(body).not.toContain('phc_e2e');
  });
});
