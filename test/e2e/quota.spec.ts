import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AdminListener } from '@app/admin';
import { anEventBody, counter, NOW, openGateway, post, type Gateway } from './gateway.js';

const SOON = NOW / 1000 + 3600;
const PAST = NOW / 1000 - 1;

const QUOTAS = {
  events: { phc_events: SOON, phc_past: PAST, phc_all: SOON, phc_two: SOON },
  exceptions: { phc_exceptions: SOON, phc_all: SOON, phc_two: SOON },
  surveys: { phc_surveys: SOON, phc_all: SOON },
  llm_events: { phc_llm: SOON, phc_all: SOON },
  recordings: { phc_recordings: SOON, phc_all: SOON },
};

const PAGE = { event: '$pageview', distinct_id: 'd' };
const EXCEPTION = { event: '$exception', distinct_id: 'd' };
const SURVEY = { event: 'survey sent', distinct_id: 'd' };
const TOUR = { event: 'survey sent', distinct_id: 'd', properties: { $product_tour_id: 'tour' } };
const NO_TOUR = { event: 'survey shown', distinct_id: 'd', properties: { $product_tour_id: null } };
const AI = { event: '$ai_generation', distinct_id: 'd' };
const HEATMAP = { event: '$$heatmap', distinct_id: 'd' };
const ALL = [PAGE, EXCEPTION, SURVEY, TOUR, AI, HEATMAP];

/** [project over quota in, what it sends, what goes on (by position), what the reply names] */
const SCOPES: [string, object[], number[], string[]][] = [
  ['phc_events', ALL, [1, 2, 4], ['events']],
  ['phc_exceptions', ALL, [0, 2, 3, 4, 5], ['exceptions']],
  ['phc_surveys', ALL, [0, 1, 3, 4, 5], ['surveys']],
  ['phc_surveys', [NO_TOUR], [], ['surveys']],
  ['phc_llm', ALL, [0, 1, 2, 3, 5], ['llm_events']],
  ['phc_recordings', ALL, [0, 1, 2, 3, 4, 5], []],
  ['phc_two', ALL, [2, 4], ['events', 'exceptions']],
  ['phc_two', [EXCEPTION], [], ['exceptions']],
  ['phc_all', ALL, [], ['events', 'exceptions', 'surveys', 'llm_events']],
  ['phc_past', ALL, [0, 1, 2, 3, 4, 5], []],
  ['phc_unheard_of', ALL, [0, 1, 2, 3, 4, 5], []],
];

describe('a project over quota', () => {
  let folder: string;
  let file: string;
  let gateway: Gateway;
  const settled = async (token: string, limited: string[]) =>
    vi.waitFor(async () => {
      const { body } = await gateway.send(post('/batch/', { api_key: token, batch: [PAGE] }));
      expect(JSON.parse(body).quota_limited ?? []).toEqual(limited);
    }, 10_000);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inlet-quota-'));
    file = join(folder, 'quota.json');
    await writeFile(file, JSON.stringify(QUOTAS));
    gateway = await openGateway({ QUOTA_SOURCE: 'file', QUOTA_FILE: file, QUOTA_REFRESH_MS: '100', ADMIN_PORT: '0' });
    await settled('phc_events', ['events']);
    gateway.taken();
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  it.each(SCOPES)('%s sends %j: %j go on, the reply names %j', async (token, batch, kept, limited) => {
    const { status, body } = await gateway.send(post('/batch/', { api_key: token, batch }));
    expect([status, JSON.parse(body)]).toEqual([200, limited.length > 0 ? { status: 'Ok', quota_limited: limited } : { status: 'Ok' }]);
    const names = gateway.taken().map(({ headers }) => headers.event);
    expect(names.toSorted()).toEqual(kept.map((i) => (batch[i] as typeof PAGE).event).toSorted());
  });

  it('is counted once per event, under the resource', async () => {
    const cause = 'cause="events_over_quota"';
    const before = await counter(gateway, 'capture_events_dropped_total', cause);
    const exceeded = await counter(gateway, 'capture_quota_limit_exceeded', 'resource="events"');
    const received = await counter(gateway, 'capture_events_received_total');
    await gateway.send(post('/batch/', { api_key: 'phc_events', batch: [PAGE, PAGE, EXCEPTION, PAGE] }));
    expect(await counter(gateway, 'capture_events_dropped_total', cause)).toBe(before + 3);
    expect(await counter(gateway, 'capture_quota_limit_exceeded', 'resource="events"')).toBe(exceeded + 3);
    expect(await counter(gateway, 'capture_events_received_total')).toBe(received + 4);
    gateway.taken();
  });

  it('is told 200 with a body even by a beacon, which else gets 204', async () => {
    const answer = await gateway.send(post('/e/?beacon=1', { ...anEventBody(), token: 'phc_events' }));
    expect([answer.status, answer.body]).toEqual([200, '{"status":"Ok","quota_limited":["events"]}']);
    expect((await gateway.send(post('/e/?beacon=1', { ...anEventBody(), token: 'phc_past' }))).status).toBe(204);
    gateway.taken();
  });

  it('still learns of its bad events and bad JSON', async () => {
    const alone = await gateway.send(post('/e/', { token: 'phc_events', event: 5, distinct_id: 'd' }));
    expect(alone.status).toBe(400);
    expect((await gateway.send(post('/e/', '{"token":"phc_events","event":"e",'))).status).toBe(400);
    expect((await gateway.send(post('/e/', { token: 'phc_events', distinct_id: 'd' }))).status).toBe(400);
    const mixed = await gateway.send(
      post('/batch/', { api_key: 'phc_events', batch: [PAGE, { event: 'e', distinct_id: 'd', timestamp: [] }] }),
    );
    expect([mixed.status, JSON.parse(mixed.body)]).toMatchObject([200, { quota_limited: ['events'], dropped: [{ index: 1 }] }]);
  });

  it('stops recordings alone, each project of a request for itself', async () => {
    const snapshot = (token: string) => ({
      token,
      event: '$snapshot',
      distinct_id: 'd',
      properties: { token, $session_id: `s-${token.slice(4)}`, $window_id: 'w', $snapshot_data: [{ type: 3, data: {}, timestamp: NOW }] },
    });
    const limited = await gateway.send(post('/s/', [snapshot('phc_recordings')]));
    expect([limited.status, limited.body]).toEqual([200, '{"status":"Ok","quota_limited":["recordings"]}']);
    expect(gateway.taken()).toEqual([]);
    expect((await gateway.send(post('/s/', [snapshot('phc_events')]))).body).toBe('{"status":"Ok"}');
    expect(gateway.taken()).toHaveLength(1);
    const both = await gateway.send(post('/s/', [snapshot('phc_recordings'), snapshot('phc_events')]));
    expect(both.body).toBe('{"status":"Ok"}');
    expect(gateway.taken().map(({ headers }) => headers.token)).toEqual(['phc_events']);
  });

  it('is explained to operators: which resources, until when, how old the source is', async () => {
    const url = gateway.app.get(AdminListener, { strict: false }).url;
    const facts = await (await fetch(`${url}/_projects/phc_two`)).json();
    const until = new Date(SOON * 1000).toISOString();
    expect(facts).toMatchObject({ quotas: { limitedUntil: { events: until, exceptions: until } }, traffic: { bytesInFlight: 0 } });
    const overview = await (await fetch(`${url}/_projects`)).json();
    expect(overview).toMatchObject({ limitSources: [{ name: 'QUOTA_FILE', secondsOld: expect.any(Number) }] });
  });

  it('keeps its limits while the file is broken, and has those of a mended one', async () => {
    await writeFile(file, '{"events": {"phc_events": ');
    await vi.waitFor(
      async () => expect(await counter(gateway, 'capture_limits_refresh_failures_total', 'QUOTA_FILE')).toBeGreaterThan(0),
      10_000,
    );
    await settled('phc_events', ['events']);
    await writeFile(file, JSON.stringify({ events: ['phc_other', 7], nonsense: {}, exceptions: { phc_events: 'never' } }));
    await settled('phc_events', []);
    await settled('phc_other', ['events']);
    expect(await counter(gateway, 'capture_limits_malformed_records_total', 'QUOTA_FILE')).toBe(3);
    gateway.taken();
  });
});
