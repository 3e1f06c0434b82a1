import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeenMessage } from '../corpus/runner.js';
import { anEventBody, counter, NOW, openGateway, post, type Gateway } from './gateway.js';

const SESSION = '0193aaaa-bbbb-7ccc-8ddd-eeeeffff0001';

/** As posthog-js sends it: the token in the properties, `sent_at` in the event. */
function aSnapshot(properties: Record<string, unknown> = {}, event: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    event: '$snapshot',
    properties: { token: 'phc_e2e', distinct_id: 'd', $session_id: SESSION, $window_id: 'w1', $snapshot_data: [item(1)], ...properties },
    ...event,
  };
}

const item = (n: number, text = '') => ({ type: 3, data: { source: 2, n, text }, timestamp: NOW + n });

interface Seen {
  readonly message: SeenMessage;
  readonly envelope: Record<string, unknown>;
  readonly properties: Record<string, unknown>;
  readonly items: unknown[];
}

function read(message: SeenMessage): Seen {
  const envelope = JSON.parse(message.value) as Record<string, unknown>;
  const data = JSON.parse(envelope.data as string) as { event: string; properties: Record<string, unknown> };
  expect(data.event).toBe('$snapshot_items');
  return { message, envelope, properties: data.properties, items: data.properties.$snapshot_items as unknown[] };
}

describe('session recordings', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  const send = async (body: unknown, path = '/s/', headers: Record<string, string> = {}) => {
    const answer = await gateway.send(post(path, body, headers));
    return { answer, seen: gateway.taken() };
  };

  it('makes one message of a snapshot, with the session as its key', async () => {
    const { answer, seen } = await send([aSnapshot({ $snapshot_data: [item(1), item(2)], $snapshot_source: 'web', $lib: 'web' })]);
    expect(answer).toMatchObject({ status: 200, body: '{"status":"Ok"}' });
    expect(seen).toHaveLength(1);
    const { message, envelope, properties } = read(seen[0]);
    expect(message).toMatchObject({ route: 'replay', key: SESSION });
    expect(message.headers).toMatchObject({ token: 'phc_e2e', distinct_id: 'd', session_id: SESSION, event: '$snapshot_items' });
    expect(envelope).toMatchObject({ token: 'phc_e2e', distinct_id: 'd', event: '$snapshot_items' });
    expect(Object.entries(properties)).toEqual([
      ['distinct_id', 'd'],
      ['$session_id', SESSION],
      ['$window_id', 'w1'],
      ['$snapshot_source', 'web'],
      ['$snapshot_items', [item(1), item(2)]],
      ['$lib', 'web'],
    ]);
  });

  it.each([
    ['an array', [aSnapshot()]],
    ['one event', aSnapshot()],
    ['a batch, as mobile SDKs send it', { api_key: 'phc_e2e', batch: [aSnapshot({ token: undefined })] }],
    ['an object in place of a list of items', [aSnapshot({ $snapshot_data: item(1) })]],
  ])('takes %s', async (_, body) => {
    const { answer, seen } = await send(body);
    expect(answer.status).toBe(200);
    expect(seen.map((message) => read(message).items)).toEqual([[item(1)]]);
  });

  it.each(['/e/', '/i/v0/e/', '/batch', '/capture', '/track'])('takes a snapshot out of whatever else is sent to %s', async (path) => {
    const body = { api_key: 'phc_e2e', batch: [anEventBody(), aSnapshot(), anEventBody()] };
    const { answer, seen } = await send(body, path);
    expect(answer.status).toBe(200);
    expect(seen.map(({ route }) => route)).toEqual(['main', 'main', 'replay']);
  });

  it('sends an ordinary event that comes to /s to its own topic', async () => {
    const { answer, seen } = await send([anEventBody(), aSnapshot()]);
    expect(answer.status).toBe(200);
    expect(seen.map(({ route }) => route)).toEqual(['main', 'replay']);
  });

  it('merges the snapshots of one window in order, and keeps windows, sessions and tokens apart', async () => {
    const other = `${SESSION}x`;
    const { answer, seen } = await send([
      aSnapshot({ $snapshot_data: [item(1)] }),
      aSnapshot({ $snapshot_data: [item(2)], $window_id: 'w2' }),
      aSnapshot({ $snapshot_data: item(3) }),
      aSnapshot({ $snapshot_data: [item(4)], $session_id: other }),
      aSnapshot({ $snapshot_data: [item(5)], token: 'phc_other' }),
      aSnapshot({ $snapshot_data: [item(6), item(7)] }),
    ]);
    expect(answer.status).toBe(200);
    const told = seen
      .map(read)
      .map(({ envelope, properties, items }) => [envelope.token, properties.$session_id, properties.$window_id, items]);
    expect(told).toEqual([
      ['phc_e2e', SESSION, 'w1', [item(1), item(3), item(6), item(7)]],
      ['phc_e2e', SESSION, 'w2', [item(2)]],
      ['phc_e2e', other, 'w1', [item(4)]],
      ['phc_other', SESSION, 'w1', [item(5)]],
    ]);
  });

  it('keeps the bytes of items: numbers, escapes, order, duplicates, binary strings', async () => {
    const binary = [0, 31, 92, 34, 127, 128, 255, 0xd800, 0xfffd].map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
    const items = `{"b":1.0,"a":12345678901234567890,"b":1e2,"data":"${binary}é\u{1f600}\\/"} , [ ],{"timestamp":1}`;
    const body = `[{"event":"$snapshot","properties":{"token":"phc_e2e","distinct_id":"d","$session_id":"${SESSION}","$snapshot_data":[${items}]}}]`;
    const { answer, seen } = await send(body);
    expect(answer.status).toBe(200);
    const data = (JSON.parse(seen[0].value) as { data: string }).data;
    expect(data).toContain(`"$snapshot_items":[${items}]`);
  });

  it('takes a full snapshot that the recorder compressed into a string full of NULs', async () => {
    const compressed = gzipSync(JSON.stringify({ node: { id: 1, childNodes: Array.from({ length: 500 }, (_, id) => ({ id })) } }));
    const full = { type: 2, data: compressed.toString('latin1'), timestamp: NOW, cv: '2024-10' };
    const { seen } = await send(Buffer.from(JSON.stringify([aSnapshot({ $snapshot_data: [full] })])).toString());
    const [received] = read(seen[0]).items as [typeof full];
    expect(Buffer.from(received.data, 'latin1').equals(compressed)).toBe(true);
    expect(compressed.includes(0)).toBe(true);
  });

  it('gives a recording without $window_id its session for a window', async () => {
    const { seen } = await send([aSnapshot({ $window_id: undefined })]);
    expect(read(seen[0]).properties.$window_id).toBe(SESSION);
  });

  it.each([
    [{ $lib: 'posthog-ios' }, 'x/1', { $lib: 'posthog-ios' }],
    [{}, 'posthog-android/3.1', { $lib: 'posthog-android' }],
    [{}, 'Mozilla/5.0', { $lib: 'web' }],
    [{}, '', { $lib: 'unknown' }],
    [{ $snapshot_source: 'mobile' }, 'x', { $snapshot_source: 'mobile' }],
    [{ $snapshot_source: 'fridge' }, 'x', { $snapshot_source: 'web' }],
    [{ $snapshot_host: 'example.org' }, 'x', { $snapshot_host: 'example.org' }],
  ])('of %j sent by %j tells %j', async (properties, userAgent, expected) => {
    const { seen } = await send([aSnapshot(properties)], '/s', { 'user-agent': userAgent });
    expect(read(seen[0]).properties).toMatchObject(expected);
  });

  it.each([
    ['without a session', { $session_id: undefined }, 'replay event submitted without session id'],
    ['with an object as session', { $session_id: {} }, 'replay event has invalid session id'],
    ['with a session of 170 characters', { $session_id: 'a'.repeat(170) }, 'replay event has invalid session id'],
    ['with a session that climbs out of its path', { $session_id: '../../etc' }, 'replay event has invalid session id'],
    ['without data', { $snapshot_data: undefined }, 'replay event submitted without snapshot data'],
    ['with text for data', { $snapshot_data: 'x' }, 'replay event submitted without snapshot data'],
    ['without a distinct_id', { distinct_id: undefined }, 'event submitted without a distinct_id'],
  ])('refuses a snapshot %s', async (_, properties, text) => {
    const { answer, seen } = await send([aSnapshot(properties)]);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(new RegExp(`^${text}: event 0`));
    expect(seen).toEqual([]);
  });

  it('drops a bad snapshot alone and names it', async () => {
    const uuid = '0193aaaa-bbbb-7ccc-8ddd-eeeeffff0009';
    const { answer, seen } = await send([
      aSnapshot(),
      aSnapshot({ $session_id: undefined }, { uuid }),
      aSnapshot({ token: 'phx_personal' }),
    ]);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 'Ok',
      dropped: [
        { index: 1, uuid, cause: 'missing_session_id' },
        { index: 2, cause: 'invalid_token' },
      ],
    });
    expect(seen).toHaveLength(1);
  });

  it('refuses with 401 when no token of all is right', async () => {
    const { answer } = await send([aSnapshot({ token: 'phx_a' }), aSnapshot({ token: 'phx_b' })]);
    expect(answer).toMatchObject({ status: 401, body: expect.stringMatching(/^API key is not valid: personal_api_key\./) });
  });

  it('still refuses different tokens of ordinary events beside a snapshot', async () => {
    const { answer } = await send([anEventBody({ token: 'phc_a' }), anEventBody({ token: 'phc_b' }), aSnapshot()]);
    expect(answer).toMatchObject({ status: 401, body: expect.stringMatching(/^batch submitted with inconsistent api_key values: /) });
  });

  it('takes the time of sending from within the first event, and the skew of its clock out', async () => {
    const hour = 3_600_000;
    const [timestamp, sent] = [NOW + hour - 5000, NOW + hour].map((time) => new Date(time).toISOString());
    const { seen } = await send([aSnapshot({}, { timestamp, sent_at: sent })]);
    const { envelope, message } = read(seen[0]);
    expect(envelope.sent_at).toBe(sent);
    expect(message.headers.timestamp).toBe(String(NOW - 5000));
  });

  it('discards a $performance_event quietly, and keeps what came with it', async () => {
    const old = { event: '$performance_event', properties: { token: 'phc_e2e', distinct_id: 'd' } };
    expect((await send([old])).answer).toMatchObject({ status: 200, body: '{"status":"Ok"}' });
    const { answer, seen } = await send([old, aSnapshot()]);
    expect([answer.status, seen.length]).toEqual([200, 1]);
  });

  it('answers a client that has tried many times as any other', async () => {
    expect((await send([aSnapshot()], '/s/?retry_count=9')).answer.status).toBe(200);
    gateway.sink.failure = Object.assign(new Error('down'), { code: 'x' });
    try {
      const { answer } = await send([aSnapshot()], '/s/?retry_count=9');
      expect(answer.status).toBeGreaterThanOrEqual(500);
    } finally {
      gateway.sink.failure = undefined;
    }
  });

  it('counts every snapshot once, however many messages they became', async () => {
    const names = ['received', 'ingested', 'dropped', 'rejected'].map((name) => `capture_events_${name}_total`);
    const count = () => Promise.all(names.map((name) => counter(gateway, name)));
    const before = await count();
    await send([aSnapshot(), aSnapshot(), aSnapshot({ $session_id: undefined }), anEventBody()]);
    const after = await count();
    expect(after.map((value, i) => value - before[i])).toEqual([4, 3, 1, 0]);
  });
});

describe('a recording larger than a message may be', () => {
  const LIMIT = 65_536;
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway({ KAFKA_REPLAY_MESSAGE_MAX_BYTES: String(LIMIT) });
  });
  afterAll(() => gateway.close());

  const send = async (body: unknown) => {
    const answer = await gateway.send(post('/s/', body));
    return { answer, seen: gateway.taken() };
  };

  it('is split by item, in order, with the same key and metadata, a number and a UUID for each part', async () => {
    const items = Array.from({ length: 200 }, (_, n) => item(n, '"\\'.repeat(100 + (n % 50) * 10)));
    const uuid = '0193aaaa-bbbb-7ccc-8ddd-ffffffffffff';
    const { answer, seen } = await send([aSnapshot({ $snapshot_data: items, $lib: 'web' }, { uuid })]);
    expect(answer.status).toBe(200);
    const parts = seen.map(read);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.flatMap((part) => part.items)).toEqual(items);
    for (const [index, { message, properties, envelope }] of parts.entries()) {
      expect(message.value.length).toBeLessThan(LIMIT);
      expect(message.key).toBe(SESSION);
      expect(properties).toMatchObject({ $window_id: 'w1', $lib: 'web', $snapshot_part_index: index, $snapshot_part_count: parts.length });
      expect(envelope.distinct_id).toBe('d');
    }
    expect(parts.slice(0, -1).every(({ message }) => message.value.length > LIMIT / 2)).toBe(true);
    expect(new Set(parts.map(({ envelope }) => envelope.uuid)).size).toBe(parts.length);
    expect(parts[0].envelope.uuid).toBe(uuid);
    const again = await send([aSnapshot({ $snapshot_data: items, $lib: 'web' }, { uuid })]);
    expect(again.seen.map((message) => read(message).envelope.uuid)).toEqual(parts.map(({ envelope }) => envelope.uuid));
  });

  it('keeps a marker in the place of an item that no message can hold, and answers 200', async () => {
    const huge = item(2, 'x'.repeat(LIMIT));
    const { answer, seen } = await send([aSnapshot({ $snapshot_data: [item(1), huge, item(3)] })]);
    expect(answer).toMatchObject({ status: 200, body: '{"status":"Ok"}' });
    const marker = {
      type: 5,
      data: { tag: 'Message too large', payload: { type: 3, size: JSON.stringify(huge).length } },
      timestamp: huge.timestamp,
    };
    expect(seen.flatMap((message) => read(message).items)).toEqual([item(1), marker, item(3)]);
    expect(await counter(gateway, 'capture_replay_items_replaced_total')).toBe(1);
  });

  it('counts each of its events with the part that it begins in', async () => {
    const before = await counter(gateway, 'capture_events_ingested_total');
    const many = Array.from({ length: 40 }, (_, n) => aSnapshot({ $snapshot_data: n % 4 === 0 ? [] : [item(n, 'y'.repeat(20_000))] }));
    const { seen } = await send(many);
    expect(seen.length).toBeGreaterThan(5);
    expect((await counter(gateway, 'capture_events_ingested_total')) - before).toBe(40);
  });
});

describe('CAPTURE_MODE', () => {
  it.each([
    ['all', 200, 200],
    ['events', 404, 200],
    ['replay', 200, 404],
    ['recordings', 200, 404],
  ])('%s answers /s with %i and /e with %i', async (mode, s, e) => {
    const gateway = await openGateway({ CAPTURE_MODE: mode });
    try {
      expect((await gateway.send(post('/s/', [aSnapshot()]))).status).toBe(s);
      expect((await gateway.send(post('/e/', anEventBody()))).status).toBe(e);
    } finally {
      await gateway.close();
    }
  });
});

describe('MAX_REPLAY_BODY_BYTES', () => {
  it('lets /s take more than the other routes, and is named by the refusal', async () => {
    const gateway = await openGateway({ MAX_BODY_BYTES: '2000', MAX_REPLAY_BODY_BYTES: '4000' });
    try {
      const of = (bytes: number) => [aSnapshot({ $snapshot_data: [item(1, 'x'.repeat(bytes))] })];
      expect((await gateway.send(post('/s/', of(3000)))).status).toBe(200);
      expect(await gateway.send(post('/e/', of(3000)))).toMatchObject({ status: 413 });
      const refused = await gateway.send(post('/s/', of(5000)));
      expect(refused.status).toBe(413);
      expect(refused.body).toContain('MAX_REPLAY_BODY_BYTES');
    } finally {
      await gateway.close();
    }
  });
});
