import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { CaptureError } from '@app/event';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { anEventBody, counter, NOW, openGateway, post, type Gateway } from './gateway.js';
import type { WireAnswer, WireRequest } from '../corpus/runner.js';

const PATH = '/i/v1/analytics/events';
const NOW_TEXT = new Date(NOW).toISOString();
const HEADERS = {
  authorization: 'Bearer phc_strict',
  'content-type': 'application/json',
  'user-agent': 'strict-tests/1.0',
  'posthog-sdk-info': 'posthog-tests/4.5.6',
  'posthog-attempt': '1',
  'posthog-request-id': '01890a5d-ac96-774b-bcce-b302099a8057',
  'posthog-request-timestamp': NOW_TEXT,
};

const uuidOf = (n: number) => `01890a5d-ac96-774b-bcce-${String(n).padStart(12, '0')}`;

function anEvent(n: number, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { event: 'e', uuid: uuidOf(n), distinct_id: 'd', timestamp: NOW_TEXT, options: {}, properties: {}, ...rest };
}

function aBatch(events: readonly unknown[], rest: Record<string, unknown> = {}): string {
  return JSON.stringify({ created_at: NOW_TEXT, ...rest, batch: events });
}

function strict(body: string | Buffer, headers: Record<string, string | undefined> = {}): WireRequest {
  const all = Object.entries({ ...HEADERS, ...headers }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { method: 'POST', url: PATH, headers: Object.fromEntries(all), body: Buffer.from(body) };
}

/** Of one block, as it is (RFC 8878). */
function zstdFrame(windowLog: number, content: Buffer): Buffer {
  const block = Buffer.alloc(3);
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3]), block, content]);
}

function resultsIn({ body }: WireAnswer): Record<string, { result: string; details?: string }> {
  return (JSON.parse(body) as { results: Record<string, { result: string; details?: string }> }).results;
}

describe('the strict endpoint', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  const resultOf = async (event: Record<string, unknown>) => Object.values(resultsIn(await gateway.send(strict(aBatch([event])))))[0];
  const dataOf = (index = 0) => {
    const taken = gateway.taken();
    return JSON.parse((JSON.parse(taken[index].value) as { data: string }).data) as Record<string, Record<string, unknown>>;
  };

  it('tells the result of each event', async () => {
    const answer = await gateway.send(strict(aBatch([anEvent(1), anEvent(2)])));
    expect([answer.status, answer.headers['content-type'], answer.headers['inlet-ack']]).toEqual([
      200,
      'application/json; charset=utf-8',
      'log',
    ]);
    expect(resultsIn(answer)).toEqual({ [uuidOf(1)]: { result: 'ok' }, [uuidOf(2)]: { result: 'ok' } });
    expect(gateway.taken().map(({ headers }) => headers.uuid)).toEqual([uuidOf(1), uuidOf(2)]);
  });

  it('gives the sender its uuid back as it was written, and consumers the canonical one', async () => {
    const written = uuidOf(7).toUpperCase();
    expect(Object.keys(resultsIn(await gateway.send(strict(aBatch([anEvent(7, { uuid: written })])))))).toEqual([written]);
    expect(gateway.taken()[0].headers.uuid).toBe(uuidOf(7));
  });

  it('keeps the bytes that were sent, and appends what head and options said', async () => {
    const event = `{ "event":"e","uuid":"${uuidOf(1)}","distinct_id":"d","timestamp":"${NOW_TEXT}","session_id":"s-😀","window_id":"w","big":12345678901234567890,"options":{"process_person_profile":"false","product_tour_id":7},"properties":{ "a" : 1.0 }}`;
    await gateway.send(strict(`{"created_at":"${NOW_TEXT}","batch":[${event}]}`));
    const { value, headers } = gateway.taken()[0];
    const appended =
      ',"$session_id":"s-😀","$window_id":"w","$product_tour_id":"7","$process_person_profile":false,"$lib":"posthog-tests","$lib_version":"4.5.6"';
    expect((JSON.parse(value) as { data: string }).data).toBe(event.replace('1.0 }', `1.0 ${appended}}`));
    expect(headers.session_id).toBe('s-😀');
  });

  it.each([
    ['empty', '{ }', '{ "$lib":"posthog-tests","$lib_version":"4.5.6"}'],
    ['null', 'null', 'null,"properties":{"$lib":"posthog-tests","$lib_version":"4.5.6"}'],
  ])('appends to %s properties', async (_, sent, kept) => {
    const event = `{"event":"e","uuid":"${uuidOf(1)}","distinct_id":"d","timestamp":"${NOW_TEXT}","properties":${sent}}`;
    await gateway.send(strict(`{"created_at":"${NOW_TEXT}","batch":[${event}]}`));
    expect((JSON.parse(gateway.taken()[0].value) as { data: string }).data).toBe(
      event.replace(`"properties":${sent}`, `"properties":${kept}`),
    );
  });

  it('lets what the head says win over a property of the same name', async () => {
    await gateway.send(strict(aBatch([anEvent(1, { session_id: 'mine', properties: { $lib: 'forged', $session_id: 'other' } })])));
    expect(dataOf().properties).toMatchObject({ $lib: 'posthog-tests', $session_id: 'mine' });
  });

  it('counts a survey with a tour’s id in its options as an event, not as a survey', async () => {
    const resources: string[] = [];
    const { deliver } = gateway.sink;
    const spy = vi.spyOn(gateway.sink, 'deliver').mockImplementation((events, context) => {
      resources.push(...events.map(({ resource }) => resource));
      return deliver.call(gateway.sink, events, context);
    });
    await gateway.send(
      strict(aBatch([anEvent(1, { event: 'survey sent' }), anEvent(2, { event: 'survey sent', options: { product_tour_id: 't' } })])),
    );
    spy.mockRestore();
    gateway.taken();
    expect(resources).toEqual(['surveys', 'events']);
  });

  it.each([['no slash'], ['/1.0'], ['name/'], [`${'x'.repeat(200)}/1`]])('names no library for %s, and takes the events', async (info) => {
    const answer = await gateway.send(strict(aBatch([anEvent(1)]), { 'posthog-sdk-info': info }));
    expect([answer.status, dataOf().properties]).toEqual([200, {}]);
  });

  it('splits name and version at the last slash', async () => {
    await gateway.send(strict(aBatch([anEvent(1)]), { 'posthog-sdk-info': '@scope/name/1.2' }));
    expect(dataOf().properties).toEqual({ $lib: '@scope/name', $lib_version: '1.2' });
  });

  it('takes the clock’s skew out by the time in the head, unless an option says not to', async () => {
    const sentAt = new Date(NOW + 3_600_000).toISOString();
    const events = [
      anEvent(1, { timestamp: new Date(NOW + 3_599_000).toISOString() }),
      anEvent(2, { timestamp: new Date(NOW - 1000).toISOString(), options: { disable_skew_correction: true } }),
    ];
    await gateway.send(strict(aBatch(events), { 'posthog-request-timestamp': sentAt }));
    const envelopes = gateway.taken().map(({ value }) => JSON.parse(value) as { timestamp: string; sent_at: string });
    expect(envelopes.map(({ timestamp }) => Date.parse(timestamp) - NOW)).toEqual([-1000, -1000]);
    expect(envelopes[0].sent_at).toBe(sentAt);
  });

  it('keys cookieless events by address', async () => {
    await gateway.send(strict(aBatch([anEvent(1, { options: { cookieless_mode: 1 } })]), { 'x-forwarded-for': '203.0.113.7' }));
    const [{ key, value }] = gateway.taken();
    expect([key, JSON.parse(value)]).toEqual(['phc_strict:203.0.113.7', expect.objectContaining({ is_cookieless_mode: true }) as unknown]);
  });

  it('routes by name and by the batch’s flag, and knows its own events', async () => {
    await gateway.send(strict(aBatch([anEvent(1, { event: '$exception' })])));
    await gateway.send(strict(aBatch([anEvent(2)], { historical_migration: true, capture_internal: true })));
    const [exception, historical] = gateway.taken();
    expect([exception.route, historical.route, (JSON.parse(historical.value) as { ip: string }).ip]).toEqual([
      'exceptions',
      'historical',
      '127.0.0.1',
    ]);
  });

  it('takes a heatmap out of an event, whose result is one', async () => {
    const properties = { $heatmap_data: { 'https://a.example': [] }, $session_id: 's' };
    const answer = await gateway.send(strict(aBatch([anEvent(1, { properties })])));
    expect(resultsIn(answer)).toEqual({ [uuidOf(1)]: { result: 'ok' } });
    expect(gateway.taken().map(({ route }) => route)).toEqual(['main', 'heatmaps']);
  });

  it('takes a recording, too', async () => {
    const properties = { $session_id: 's', $snapshot_data: [{ type: 4, timestamp: NOW }] };
    const answer = await gateway.send(strict(aBatch([anEvent(1, { event: '$snapshot', properties }), anEvent(2)])));
    expect(Object.values(resultsIn(answer))).toEqual([{ result: 'ok' }, { result: 'ok' }]);
    expect(
      gateway
        .taken()
        .map(({ route }) => route)
        .toSorted(),
    ).toEqual(['main', 'replay']);
  });

  it('takes the session and window of a recording that stand beside its properties', async () => {
    const properties = { $snapshot_data: [{ type: 4, timestamp: NOW }] };
    const recording = anEvent(1, { event: '$snapshot', properties, session_id: 'session-1', window_id: 'window-1' });
    expect(await resultOf(recording)).toEqual({ result: 'ok' });
    const [message] = gateway.taken();
    expect(message.headers.session_id).toBe('session-1');
    expect((JSON.parse(message.value) as { data: string }).data).toContain('"$window_id":"window-1"');
  });

  it('is not misled by a session of another type among the properties', async () => {
    const properties = { $session_id: 7, $snapshot_data: [] };
    expect(await resultOf(anEvent(1, { event: '$snapshot', properties }))).toMatchObject({ result: 'drop', details: 'invalid_session_id' });
  });

  it.each([
    '0',
    'anon',
    'anon_id',
    'anonymous',
    'anonymous-user',
    'anonymous_id',
    'backend',
    'distinct_id',
    'distinctid',
    'email',
    'false',
    'guest',
    'id',
    'nan',
    'none',
    'not_authenticated',
    'null',
    'Undefined',
    'system',
    'TRUE',
    'undefined',
    ' user ',
    '[object Object]',
    '00000000-0000-0000-0000-000000000000',
  ])('keeps an event of %s, whose person is nobody’s', async (id) => {
    expect(await resultOf(anEvent(1, { distinct_id: id }))).toEqual({ result: 'ok', details: 'person_processing_disabled' });
    expect(gateway.taken()[0].headers.force_disable_person_processing).toBe('true');
  });

  it.each<[string, Record<string, unknown>]>([
    ['missing_event_name', { event: '' }],
    ['missing_event_name', { event: 5 }],
    ['event_name_too_long', { event: 'x'.repeat(201) }],
    ['missing_distinct_id', { distinct_id: undefined }],
    ['missing_distinct_id', { distinct_id: '  ' }],
    ['invalid_distinct_id', { distinct_id: 5 }],
    ['distinct_id_too_large', { distinct_id: 'é'.repeat(101) }],
    ['invalid_event_timestamp', { timestamp: undefined }],
    ['invalid_event_timestamp', { timestamp: '2024-01-02' }],
    ['invalid_event_timestamp', { timestamp: 1_704_164_645 }],
    ['malformed_event_properties', { properties: 'text' }],
    ['malformed_event_properties', { properties: [] }],
    ['malformed_event_properties', { properties: [0] }],
    ['invalid_options', { options: 'text' }],
    ['invalid_options', { options: { cookieless_mode: 'perhaps' } }],
    ['invalid_options', { options: { product_tour_id: {} } }],
    ['invalid_session_id', { session_id: 5 }],
    ['invalid_window_id', { window_id: {} }],
    ['invalid_cookieless_mode', { properties: { $cookieless_mode: 'yes' } }],
  ])('drops an event for %s, and takes the others: %j', async (details, wrong) => {
    const answer = await gateway.send(strict(aBatch([anEvent(1, wrong), anEvent(2)])));
    expect(answer.status).toBe(200);
    expect(resultsIn(answer)).toEqual({ [uuidOf(1)]: { result: 'drop', details }, [uuidOf(2)]: { result: 'ok' } });
    expect(gateway.taken()).toHaveLength(1);
  });

  it('takes what is just within the limits', async () => {
    const results = await resultOf(
      anEvent(1, { event: '🦔'.repeat(200), distinct_id: 'x'.repeat(200), options: null, properties: undefined, session_id: null }),
    );
    expect([results, gateway.taken().length]).toEqual([{ result: 'ok' }, 1]);
  });

  it('answers 200 when every event is dropped', async () => {
    const answer = await gateway.send(strict(aBatch([anEvent(1, { event: '' })])));
    expect([answer.status, answer.headers['inlet-ack'], answer.headers['retry-after']]).toEqual([200, undefined, undefined]);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['Identity', (bytes: string) => Buffer.from(bytes)],
  ])('reads %s', async (encoding, compress) => {
    const answer = await gateway.send(strict(compress(aBatch([anEvent(1)])), { 'content-encoding': encoding }));
    expect([answer.status, gateway.taken().length]).toEqual([200, 1]);
  });

  it.each<[string, number, WireRequest]>([
    ['missing_api_token', 401, strict(aBatch([anEvent(1)]), { authorization: undefined })],
    ['invalid_api_token', 401, strict(aBatch([anEvent(1)]), { authorization: 'Bearer ' })],
    ['invalid_api_token', 401, strict(aBatch([anEvent(1)]), { authorization: 'bearer phx_personal' })],
    ['invalid_header_value', 400, strict(aBatch([anEvent(1)]), { authorization: 'Basic abc' })],
    ['missing_required_headers', 400, strict(aBatch([anEvent(1)]), { 'posthog-sdk-info': undefined })],
    ['missing_required_headers', 400, strict(aBatch([anEvent(1)]), { 'content-type': undefined })],
    ['invalid_header_value', 400, strict(aBatch([anEvent(1)]), { 'posthog-attempt': '0' })],
    ['invalid_header_value', 400, strict(aBatch([anEvent(1)]), { 'posthog-request-id': '7' })],
    ['invalid_header_value', 400, strict(aBatch([anEvent(1)]), { 'posthog-request-timestamp': 'now' })],
    ['unsupported_content_type', 415, strict(aBatch([anEvent(1)]), { 'content-type': 'text/plain' })],
    ['unsupported_content_type', 415, strict(aBatch([anEvent(1)]), { 'content-type': 'no media type at all' })],
    ['unsupported_encoding', 415, strict(aBatch([anEvent(1)]), { 'content-encoding': 'lz4' })],
    ['unsupported_encoding', 415, strict(aBatch([anEvent(1)]), { 'content-encoding': 'gzip, br' })],
    ['request_decoding_error', 400, strict(aBatch([anEvent(1)]), { 'content-encoding': 'gzip' })],
    ['request_decoding_error', 400, strict(Buffer.from([0x7b, 0xff]))],
    ['empty_body', 400, strict('')],
    ['request_parsing_error', 400, strict('not json')],
    ['request_parsing_error', 400, strict('[{}]')],
    ['request_parsing_error', 400, strict(JSON.stringify(anEvent(1)))],
    ['empty_batch', 400, strict(aBatch([]))],
    ['invalid_batch', 400, strict(JSON.stringify({ batch: [anEvent(1)] }))],
    ['invalid_batch', 400, strict(aBatch([anEvent(1)], { created_at: 'yesterday' }))],
    ['invalid_batch', 400, strict(aBatch([anEvent(1)], { historical_migration: 'yes' }))],
    ['missing_event_uuid', 400, strict(aBatch([anEvent(1), anEvent(2, { uuid: '' })]))],
    ['missing_event_uuid', 400, strict(aBatch(['text']))],
    ['invalid_event_uuid', 400, strict(aBatch([anEvent(1, { uuid: 'seven' })]))],
    ['duplicate_event_uuid', 400, strict(aBatch([anEvent(1), anEvent(2), anEvent(1)]))],
    ['duplicate_event_uuid', 400, strict(aBatch([anEvent(2, { uuid: uuidOf(1).toUpperCase() }), anEvent(1)]))],
    ['method_not_allowed', 405, { ...strict(''), method: 'GET', body: undefined }],
    ['method_not_allowed', 405, { ...strict(aBatch([anEvent(1)])), method: 'PUT' }],
  ])('refuses with %s (%i)', async (error, status, request) => {
    const answer = await gateway.send(request);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/json; charset=utf-8']);
    expect(JSON.parse(answer.body)).toEqual({
      error,
      error_description: expect.any(String) as string,
      error_uri: expect.stringMatching(/^\/docs\/causes\/[a-z_]+$/) as string,
    });
    expect(gateway.taken()).toEqual([]);
  });

  it('says in a 415 what it takes, and in a 405', async () => {
    const wrongType = await gateway.send(strict('{}', { 'content-type': 'text/plain' }));
    expect(wrongType.headers).toMatchObject({ accept: 'application/json', 'accept-encoding': 'gzip, deflate, br, zstd' });
    const wrongMethod = await gateway.send({ ...strict(''), method: 'GET', body: undefined });
    expect(wrongMethod.headers.allow).toBe('POST, OPTIONS');
  });

  it('answers browsers, on errors too', async () => {
    const answer = await gateway.send(strict('', { origin: 'https://app.example' }));
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([400, 'https://app.example']);
  });

  it('books every event once', async () => {
    const sums = async () => {
      const names = ['received', 'ingested', 'spooled', 'dropped', 'rejected'];
      const [received, ...others] = await Promise.all(names.map((name) => counter(gateway, `capture_events_${name}_total`)));
      return [received, others.reduce((sum, value) => sum + value, 0)];
    };
    await gateway.send(strict(aBatch([anEvent(1), anEvent(2, { event: '' }), anEvent(2)])));
    const [received, booked] = await sums();
    expect([received > 0, received]).toEqual([true, booked]);
    gateway.taken();
  });

  it('names wrong methods of other routes in text', async () => {
    const answer = await gateway.send({ ...post('/e/', anEventBody()), method: 'DELETE' });
    expect([answer.status, answer.body, answer.headers.allow]).toEqual([
      405,
      'method not allowed: this route takes GET, HEAD, POST, OPTIONS. See /docs/causes/method_not_allowed',
      'GET, HEAD, POST, OPTIONS',
    ]);
  });
});

describe('the strict endpoint in trouble', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway({ CAPTURE_V1_MAX_COMPRESSED_BODY_BYTES: '2048', CAPTURE_V1_MAX_DECOMPRESSED_BODY_BYTES: '4096' });
  });
  afterAll(() => gateway.close());

  it('asks only for those events again that were not stored', async () => {
    const [received, rejected] = await Promise.all(
      ['received', 'rejected'].map((name) => counter(gateway, `capture_events_${name}_total`)),
    );
    const deliver = gateway.sink.deliver.bind(gateway.sink);
    gateway.sink.deliver = (events, context) =>
      events.some(({ name }) => name === 'unlucky') ? Promise.reject(new CaptureError('transient')) : deliver(events, context);
    const answer = await gateway.send(strict(aBatch([anEvent(1), anEvent(2, { event: 'unlucky' }), anEvent(3)])));
    gateway.sink.deliver = deliver;
    expect([answer.status, answer.headers['retry-after']]).toEqual([200, '1']);
    expect(Object.values(resultsIn(answer))).toEqual([{ result: 'ok' }, { result: 'retry', details: 'not_persisted' }, { result: 'ok' }]);
    expect(gateway.taken()).toHaveLength(2);
    expect(await counter(gateway, 'capture_events_rejected_total')).toBe(rejected + 1);
    expect(await counter(gateway, 'capture_events_received_total')).toBe(received + 3);
  });

  it('promises nothing when nothing was stored', async () => {
    gateway.sink.failure = new Error('out of order');
    const answer = await gateway.send(strict(aBatch([anEvent(1)])));
    gateway.sink.failure = undefined;
    expect([answer.status, answer.headers['inlet-ack']]).toEqual([200, undefined]);
    expect(resultsIn(answer)[uuidOf(1)].result).toBe('retry');
  });

  it('refuses what is too large on the wire or once inflated, and names the limit', async () => {
    const wire = await gateway.send(strict('x'.repeat(2049)));
    const bomb = await gateway.send(strict(gzipSync(aBatch([anEvent(1, { note: 'x'.repeat(8192) })])), { 'content-encoding': 'gzip' }));
    expect([wire.status, bomb.status]).toEqual([413, 413]);
    expect(JSON.parse(wire.body)).toMatchObject({
      error: 'payload_too_large',
      error_description: expect.stringContaining('_COMPRESSED_') as string,
    });
    expect(JSON.parse(bomb.body)).toMatchObject({
      error: 'payload_too_large',
      error_description: expect.stringContaining('_DECOMPRESSED_') as string,
    });
  });
});

describe('the strict endpoint and a project’s rights', () => {
  it('drops what token dropper and restrictions discard', async () => {
    const gateway = await openGateway({ DROP_EVENTS_BY_TOKEN_DISTINCT_ID: 'phc_strict:blocked' });
    const answer = await gateway.send(strict(aBatch([anEvent(1, { distinct_id: 'blocked' }), anEvent(2)])));
    expect(Object.values(resultsIn(answer))).toEqual([{ result: 'drop', details: 'token_dropper' }, { result: 'ok' }]);
    await gateway.close();
  });

  it('refuses with 402 what is over quota as a whole, and drops what is in part', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'inlet-strict-'));
    await writeFile(join(folder, 'quota.json'), JSON.stringify({ events: { phc_strict: NOW / 1000 + 3600 } }));
    const gateway = await openGateway({ QUOTA_SOURCE: 'file', QUOTA_FILE: join(folder, 'quota.json'), QUOTA_REFRESH_MS: '100' });
    const whole = await vi.waitFor(async () => {
      const answer = await gateway.send(strict(aBatch([anEvent(1), anEvent(2)])));
      expect(answer.status).toBe(402);
      return answer;
    }, 10_000);
    expect(JSON.parse(whole.body)).toMatchObject({ error: 'billing_limit_exceeded' });
    const part = await gateway.send(strict(aBatch([anEvent(1), anEvent(2, { event: '$exception' })])));
    expect(Object.values(resultsIn(part))).toEqual([{ result: 'drop', details: 'billing_limit_exceeded' }, { result: 'ok' }]);
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  it('is to be asked again later when memory is short, and never again when it can never be enough', async () => {
    const gateway = await openGateway({ MAX_IN_FLIGHT_BYTES: String(4 * 1024 * 1024) });
    const deliver = gateway.sink.deliver.bind(gateway.sink);
    const gate = Promise.withResolvers<void>();
    gateway.sink.deliver = async (events, context) => {
      await gate.promise;
      return deliver(events, context);
    };
    const large = () => strict(aBatch([anEvent(1, { note: 'x'.repeat(900_000) })]));
    const first = gateway.send(large());
    await vi.waitFor(async () => expect(await counter(gateway, 'capture_in_flight_bytes')).toBeGreaterThan(2_000_000), 10_000);
    const second = await gateway.send(large());
    expect([second.status, JSON.parse(second.body)]).toMatchObject([503, { error: 'service_unavailable' }]);
    expect(Number(second.headers['retry-after'])).toBeGreaterThanOrEqual(5);
    gate.resolve();
    expect((await first).status).toBe(200);
    const never = await gateway.send(strict(aBatch([anEvent(1, { note: 'x'.repeat(2_000_000) })])));
    expect([never.status, JSON.parse(never.body)]).toMatchObject([413, { error: 'payload_too_large' }]);
    await gateway.close();
  });

  it('takes what fits into the budget, however large a window its coding declares', async () => {
    const gateway = await openGateway({ MAX_IN_FLIGHT_BYTES: String(4 * 2 ** 20) });
    const send = async (body: Buffer, coding: string) => {
      const answer = await gateway.send(strict(body, { 'content-encoding': coding }));
      return [coding, answer.status, gateway.taken().length, await counter(gateway, 'capture_in_flight_bytes')];
    };
    const batch = Buffer.from(aBatch([anEvent(1, { properties: { note: 'x'.repeat(900_000) } })]));
    const lgwin = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 4 };
    expect(await send(brotliCompressSync(batch, { params: lgwin }), 'br')).toEqual(['br', 200, 1, 0]);
    for (const windowLog of [26, 27])
      expect(await send(zstdFrame(windowLog, Buffer.from(aBatch([anEvent(1)]))), 'zstd')).toEqual(['zstd', 200, 1, 0]);
    await gateway.close();
  });

  it('is not there where only recordings are taken', async () => {
    const gateway = await openGateway({ CAPTURE_MODE: 'replay' });
    expect((await gateway.send(strict(aBatch([anEvent(1)])))).status).toBe(404);
    await gateway.close();
  });
});
