import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AdminListener } from '@app/admin';
import { counter, NOW, openGateway, post, type Gateway } from '../e2e/gateway.js';
import { ownRedis, type OwnRedis } from './fixtures/own-redis.js';

const DAY = 86_400_000;
const OLD = new Date(NOW - 3 * DAY).toISOString();
const SESSION = '0190f5f0-0000-7000-8000-000000000001';
const BUSY_SESSION = '0190f5f0-0000-7000-8000-00000000000f';
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

type Rule = [type: string, fields?: Record<string, unknown>];

interface Row {
  readonly what: string;
  /** Of the restrictions for this row's project. */
  readonly rules?: Rule[];
  /** The event, over `{event: 'e', distinct_id: 'd'}`. */
  readonly event?: Record<string, unknown>;
  readonly historical?: true;
  /** Sent so many times; the last one counts. */
  readonly times?: number;
  /** Undefined: nothing is produced. */
  readonly route: string | undefined;
  /** `{token}` stands for the row's. Default: `{token}:d`. */
  readonly key?: string | null;
  readonly headers?: Record<string, string | undefined>;
}

const DROP: Rule = ['drop_event_from_ingestion'];
const OVERFLOW: Rule = ['force_overflow_from_ingestion'];
const DLQ: Rule = ['redirect_to_dlq'];
const TOPIC: Rule = ['redirect_to_topic', { args: { topic: 'apart' } }];
const IMPERSONAL: Rule = ['skip_person_processing'];

const NO_PERSON = { force_disable_person_processing: 'true' };
const PERSON = { force_disable_person_processing: undefined };
const DEAD = { dlq_reason: 'event_restriction', dlq_step: 'capture' };
const snapshot = (session: string) => ({
  event: '$snapshot',
  properties: { $session_id: session, $window_id: 'w', $snapshot_data: [{ type: 3, data: {}, timestamp: NOW }] },
});

/** Each row is one project with the restrictions named; precedence as in section 5.4 of the reference. */
const ROWS: Row[] = [
  { what: 'nothing applies', route: 'main', headers: PERSON },
  { what: 'an exception', event: { event: '$exception' }, route: 'exceptions' },
  { what: 'a heatmap', event: { event: '$$heatmap' }, route: 'heatmaps' },
  { what: 'a client warning', event: { event: '$$client_ingestion_warning' }, route: 'warnings' },
  { what: 'a historical batch', historical: true, route: 'historical', headers: { historical_migration: 'true' } },
  { what: 'an old event', event: { timestamp: OLD }, route: 'historical', headers: { historical_migration: undefined } },
  { what: 'an old exception', event: { event: '$exception', timestamp: OLD }, route: 'exceptions' },
  { what: 'a cookieless event', event: { properties: { $cookieless_mode: true } }, route: 'main', key: '{token}:127.0.0.1' },
  { what: 'an id that many share', event: { distinct_id: 'Anonymous' }, route: 'main', key: null },
  {
    what: 'an exception of an id that many share',
    event: { event: '$exception', distinct_id: '0' },
    route: 'exceptions',
    key: '{token}:0',
  },
  { what: 'old, of an id that many share', event: { distinct_id: 'null', timestamp: OLD }, route: 'historical', key: '{token}:null' },

  { what: 'drop beats everything', rules: [DROP, DLQ, TOPIC, OVERFLOW], route: undefined },
  { what: 'dlq beats topic, overflow', rules: [OVERFLOW, TOPIC, DLQ], route: 'dlq', headers: DEAD },
  { what: 'dlq beats historical', rules: [DLQ], historical: true, route: 'dlq', headers: DEAD },
  { what: 'dlq takes an exception', rules: [DLQ], event: { event: '$exception' }, route: 'dlq', headers: DEAD },
  { what: 'topic beats overflow', rules: [OVERFLOW, TOPIC], route: 'custom' },
  { what: 'topic beats historical', rules: [TOPIC], historical: true, route: 'custom' },
  { what: 'topic beats old', rules: [TOPIC], event: { timestamp: OLD }, route: 'custom' },
  { what: 'historical beats overflow', rules: [OVERFLOW], historical: true, route: 'historical' },
  { what: 'old beats overflow', rules: [OVERFLOW], event: { timestamp: OLD }, route: 'historical' },
  { what: 'overflow by restriction keeps the key', rules: [OVERFLOW], route: 'overflow', headers: PERSON },
  { what: 'overflow without person processing is spread', rules: [OVERFLOW, IMPERSONAL], route: 'overflow', key: null, headers: NO_PERSON },
  { what: 'overflow of an id that many share is spread', rules: [OVERFLOW], event: { distinct_id: 'none' }, route: 'overflow', key: null },
  { what: 'no person processing alone', rules: [IMPERSONAL], route: 'main', headers: NO_PERSON },
  { what: 'exceptions never overflow', rules: [OVERFLOW], event: { event: '$exception' }, route: 'exceptions' },
  { what: 'heatmaps never overflow', rules: [OVERFLOW], event: { event: '$$heatmap' }, route: 'heatmaps' },
  { what: 'warnings never overflow', rules: [OVERFLOW], event: { event: '$$client_ingestion_warning' }, route: 'warnings' },

  { what: 'the third of a burst of two', times: 3, route: 'overflow', key: null, headers: PERSON },
  { what: 'the third cookieless one', times: 3, event: { properties: { $cookieless_mode: true } }, route: 'overflow', key: null },
  { what: 'a burst of exceptions', times: 3, event: { event: '$exception' }, route: 'exceptions' },
  { what: 'a burst of historical ones', times: 3, historical: true, route: 'historical' },
  { what: 'a burst into another topic', times: 3, rules: [TOPIC], route: 'custom' },
  { what: 'a burst of recordings', times: 3, event: snapshot(SESSION), route: 'replay', key: SESSION },
  { what: 'forced', event: { distinct_id: 'flood' }, route: 'overflow', key: null, headers: NO_PERSON },
  { what: 'forced, but historical', event: { distinct_id: 'flood' }, historical: true, route: 'historical', key: '{token}:flood' },
  { what: 'named to the dropper', event: { distinct_id: 'gone' }, route: undefined },

  { what: 'a recording', event: snapshot(SESSION), route: 'replay', key: SESSION },
  { what: 'a recording of a busy session', event: snapshot(BUSY_SESSION), route: 'replay_overflow', key: BUSY_SESSION },
  {
    what: 'a recording under a restriction for recordings',
    rules: [['force_overflow_from_ingestion', { pipelines: ['session_recordings'] }]],
    event: snapshot(SESSION),
    route: 'replay_overflow',
    key: SESSION,
  },
  { what: 'a recording under one for analytics', rules: [DROP, OVERFLOW], event: snapshot(SESSION), route: 'replay', key: SESSION },

  { what: 'id and name both fit', rules: [[DROP[0], { distinct_ids: ['d'], event_names: ['e'] }]], route: undefined },
  { what: 'only the id fits', rules: [[DROP[0], { distinct_ids: ['d'], event_names: ['x'] }]], route: 'main' },
  { what: 'one of several ids fits', rules: [[DROP[0], { distinct_ids: ['c', 'd'] }]], route: undefined },
  { what: 'the uuid fits', rules: [[DROP[0], { event_uuids: [UUID.toUpperCase()] }]], event: { uuid: UUID }, route: undefined },
  { what: 'a session is asked for and there is none', rules: [[DROP[0], { session_ids: [SESSION] }]], route: 'main' },
  {
    what: 'the session fits',
    rules: [[DROP[0], { session_ids: [SESSION] }]],
    event: { properties: { $session_id: SESSION } },
    route: undefined,
  },
  { what: 'version 1', rules: [[DROP[0], { version: 1 }]], route: 'main' },
  { what: 'an empty topic', rules: [['redirect_to_topic', { args: { topic: '' } }]], route: 'main' },
  { what: 'no topic at all', rules: [['redirect_to_topic', {}]], route: 'main' },
  { what: 'a pipeline that nobody knows', rules: [[DROP[0], { pipelines: ['other'] }]], route: 'main' },
  { what: 'a filter that is no list', rules: [[DROP[0], { event_names: 'x' }]], route: 'main' },
  { what: 'AI alone', rules: [[DROP[0], { pipelines: ['ai'] }]], event: { event: '$ai_trace' }, route: undefined },
  { what: 'AI alone, another event', rules: [[DROP[0], { pipelines: ['ai'] }]], route: 'main' },
  { what: 'errors alone', rules: [[DROP[0], { pipelines: ['errortracking'] }]], event: { event: '$exception' }, route: undefined },
  {
    what: 'of two topics that of the lower index',
    rules: [
      ['redirect_to_topic', { args: { topic: 'second' }, index: 2 }],
      ['redirect_to_topic', { args: { topic: 'apart' }, index: 1 }],
    ],
    route: 'custom',
  },
];
const tokenOf = (row: Row) => `phc_row${ROWS.indexOf(row)}`;

describe('the route of an event', () => {
  let redis: OwnRedis;
  let gateway: Gateway;
  beforeAll(async () => {
    redis = await ownRedis();
    const records = ROWS.flatMap((row) => (row.rules ?? []).map(([type, fields]) => ({ type, record: recordOf(tokenOf(row), fields) })));
    for (const [type, rules = []] of Map.groupBy(records, (rule) => rule.type)) {
      // Amid garbage: one bad record must not take the others along.
      const all = [null, 7, 'x', { version: 2 }, ...rules.map(({ record }) => record)];
      await redis.client.set(`pre:event_ingestion_restriction_dynamic_config:${type}`, JSON.stringify(all));
    }
    await redis.client.zadd('pre:@posthog/capture-overflow/replay', NOW / 1000 + 60, BUSY_SESSION, NOW / 1000 - 60, SESSION);
    gateway = await openGateway({
      REDIS_URL: redis.url,
      REDIS_KEY_PREFIX: 'pre:',
      EVENT_RESTRICTIONS_ENABLED: 'true',
      EVENT_RESTRICTIONS_REFRESH_INTERVAL_SECS: '0.2',
      ENABLE_HISTORICAL_REROUTING: 'true',
      OVERFLOW_ENABLED: 'true',
      OVERFLOW_PER_SECOND_LIMIT: '1',
      OVERFLOW_BURST_LIMIT: '2',
      INGESTION_FORCE_OVERFLOW_BY_TOKEN_DISTINCT_ID: `,${ROWS.map((row) => `${tokenOf(row)}:flood`).join(',,')},`,
      DROP_EVENTS_BY_TOKEN_DISTINCT_ID: ROWS.map((row) => `${tokenOf(row)}:gone`).join(','),
      REPLAY_OVERFLOW_SESSIONS_ENABLED: 'true',
      ADMIN_PORT: '0',
    });
    await vi.waitFor(async () => {
      expect(await counter(gateway, 'capture_event_restrictions_loaded_count')).toBeGreaterThan(20);
      expect(await counter(gateway, 'capture_billing_limits_loaded_tokens', 'replay')).toBe(1);
    }, 10_000);
  });
  afterAll(async () => {
    await gateway?.close();
    await redis?.close();
  });

  it.each(ROWS.map((row) => [row.what, row] as const))('%s', async (_what, row) => {
    const token = tokenOf(row);
    const event = { event: 'e', distinct_id: 'd', ...row.event };
    for (let i = 0; i < (row.times ?? 1); i++) {
      gateway.taken();
      const body = { api_key: token, historical_migration: row.historical ?? false, batch: [event] };
      const answer = await gateway.send(post('/batch/', body));
      expect([answer.status, answer.body]).toEqual([200, '{"status":"Ok"}']);
    }
    const messages = gateway.taken();
    expect(messages).toHaveLength(row.route === undefined ? 0 : 1);
    if (row.route === undefined) return;
    const [{ route, topic, key, headers }] = messages as [(typeof messages)[0]];
    const wantedKey = row.key === undefined ? `${token}:d` : (row.key?.replace('{token}', token) ?? null);
    expect([route, topic, key]).toEqual([row.route, row.route === 'custom' ? 'apart' : undefined, wantedKey]);
    for (const [name, value] of Object.entries(row.headers ?? {})) expect([name, headers[name]]).toEqual([name, value]);
  });

  it('is explained to operators: restrictions of a project, ids over their rate', async () => {
    const url = gateway.app.get(AdminListener, { strict: false }).url;
    const factsOf = async (what: string) => (await fetch(`${url}/_projects/${tokenOf(ROWS.find((row) => row.what === what)!)}`)).json();
    expect(await factsOf('topic beats overflow')).toMatchObject({
      restrictions: [{ type: 'force_overflow_from_ingestion' }, { type: 'redirect_to_topic', topic: 'apart' }],
    });
    expect(await factsOf('the third of a burst of two')).toMatchObject({ hotKeys: [{ distinctId: 'd', overRate: 1 }] });
    const overview = await (await fetch(`${url}/_projects`)).json();
    expect(overview).toMatchObject({ restrictions: { isStale: false } });
  });

  it('is counted by lane and reason', async () => {
    expect(await counter(gateway, 'capture_events_rerouted_overflow', 'reason="event_restriction"')).toBe(4);
    expect(await counter(gateway, 'capture_events_rerouted_overflow', 'reason="rate_limited"')).toBe(2);
    expect(await counter(gateway, 'capture_partition_key_capacity_exceeded_total')).toBe(2);
    expect(await counter(gateway, 'capture_events_rerouted_overflow', 'reason="force_limited"')).toBe(1);
    expect(await counter(gateway, 'capture_events_rerouted_overflow', 'reason="replay_session"')).toBe(1);
    expect(await counter(gateway, 'capture_events_rerouted_dlq')).toBe(3);
    expect(await counter(gateway, 'capture_events_rerouted_historical', 'reason="timestamp"')).toBe(3);
    expect(await counter(gateway, 'capture_events_dropped_total', 'cause="token_dropper"')).toBe(1);
    expect(await counter(gateway, 'capture_events_dropped_total', 'cause="event_restriction_drop"')).toBeGreaterThan(5);
    expect(await counter(gateway, 'capture_limits_malformed_records_total', 'restrictions:')).toBeGreaterThan(0);
    expect(await counter(gateway, 'partition_limits_key_count')).toBeGreaterThan(5);
  });
});

function recordOf(token: string, fields: Record<string, unknown> = {}) {
  return { version: 2, token, pipelines: ['analytics'], distinct_ids: [], session_ids: [], event_names: [], event_uuids: [], ...fields };
}
