import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaptureContext, CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { ManualClock, MemorySink } from '@app/testing';
import { createGateway } from '../../src/create-gateway.js';
import type { SeenMessage } from '../corpus/runner.js';
import { anEventBody, counter, NOW, openGateway, post, type Gateway } from './gateway.js';

const V4 = '203.0.113.179';
const V6 = '2001:db8:aaaa:bbbb:cccc:dddd:eeee:179';
const MAPPED = `::ffff:${V4}`;
const MODES = ['keep', 'truncate', 'drop', 'hash'] as const;
const PROTECTING = ['truncate', 'drop', 'hash'] as const;
const PROJECTS = [
  ...MODES.map((ip) => ({ token: `phc_${ip}`, ip })),
  ...['anonymise', 'drop'].map((dnt) => ({ token: `phc_dnt_${dnt}`, dnt })),
];

const envelopeOf = ({ value }: SeenMessage) => JSON.parse(value) as Record<string, string>;
const dataOf = (message: SeenMessage) => JSON.parse(envelopeOf(message).data) as { $ip?: unknown; properties: Record<string, unknown> };

describe('IP anonymisation', () => {
  let folder: string;
  let env: Record<string, string>;
  let gateway: Gateway;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'inlet-projects-'));
    const file = join(folder, 'projects.json');
    writeFileSync(file, JSON.stringify(PROJECTS));
    env = { PROJECT_SOURCE: 'file', PROJECTS_FILE: file, IP_HASH_SECRET: 'a secret of sixteen' };
    gateway = await openGateway(env);
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  async function sent(token: string, body: Record<string, unknown>, ip = V4, path = '/e/', headers: Record<string, string> = {}) {
    const answer = await gateway.send(post(path, { ...anEventBody({ token }), ...body }, { 'x-forwarded-for': ip, ...headers }));
    expect([answer.status, JSON.stringify(answer)]).toEqual([200, expect.not.stringContaining(ip)]);
    return gateway.taken();
  }

  it.each([
    ['keep', V4, V4, V4],
    ['keep', V6, V6, V6],
    ['truncate', V4, '203.0.113.0', '203.0.113.0'],
    ['truncate', V6, '2001:db8:aaaa::', '2001:db8:aaaa::'],
    ['truncate', MAPPED, '203.0.113.0', '203.0.113.0'],
    ['drop', V4, '', null],
    ['drop', V6, '', null],
    ['hash', V4, '', null],
    ['hash', MAPPED, '', null],
  ])('%s makes of %s an envelope with "%s" and a $ip of %s', async (mode, ip, envelope, field) => {
    const [message] = await sent(`phc_${mode}`, { $ip: ip, properties: { $ip: ip, a: 1 } }, ip);
    expect(envelopeOf(message).ip).toBe(envelope);
    expect(dataOf(message)).toMatchObject({ $ip: field, properties: { $ip: field, a: 1 } });
  });

  it('changes no byte but the addresses', async () => {
    const wire = String.raw`{ "token":"phc_drop", "event":"e","distinct_id":"d","n":1.0,"n":12345678901234567890, "\u0024ip" : "${V4}","$ip":"","properties":{"é":"\u00e9","$i\u0070":["x"] ,"$ip ":1} }`;
    await gateway.send(post('/e/', wire, { 'x-forwarded-for': V4 }));
    expect(envelopeOf(gateway.taken()[0]).data).toBe(
      wire.replace(`"${V4}"`, 'null').replace('"$ip":""', '"$ip":null').replace('["x"]', 'null'),
    );
  });

  it('puts a hash of the day into a header, the same for one address and project', async () => {
    const one = (await sent('phc_hash', {}))[0].headers.ip_hash;
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect((await sent('phc_hash', {}))[0].headers.ip_hash).toBe(one);
    expect((await sent('phc_hash', {}, '203.0.113.178'))[0].headers.ip_hash).not.toBe(one);
    for (const mode of ['keep', 'truncate', 'drop']) expect((await sent(`phc_${mode}`, {}))[0].headers).not.toHaveProperty('ip_hash');
  });

  it.each(PROTECTING)('keys cookieless visitors by a hash under %s', async (mode) => {
    const visit = (ip: string) => sent(`phc_${mode}`, { properties: { $cookieless_mode: true } }, ip);
    const [[one], [same], [other]] = [await visit(V4), await visit(V4), await visit('203.0.113.178')];
    expect(one.key).toMatch(new RegExp(`^phc_${mode}:[0-9a-f]{32}$`));
    expect([same.key === one.key, other.key === one.key]).toEqual([true, false]);
  });

  it('keys cookieless visitors by their address where it is kept', async () => {
    const [message] = await sent('phc_keep', { properties: { $cookieless_mode: true } });
    expect(message.key).toBe(`phc_keep:${V4}`);
  });

  const HEATMAP = { $ip: V4, $heatmap_data: { a: [1] }, $current_url: 'https://a.example/' };
  const SNAPSHOT = { $ip: V4, $session_id: 's-1', $window_id: 'w-1', $snapshot_data: [{ type: 2, data: {}, timestamp: NOW }] };
  const DOORS: readonly [string, string, Record<string, unknown>, Record<string, string>][] = [
    ['an event', '/e/', { properties: { $ip: V4 } }, {}],
    ['an exception', '/i/v0/e/', { event: '$exception', properties: { $ip: V4 } }, {}],
    ['a heatmap', '/e/', { properties: HEATMAP }, {}],
    ['a person update', '/engage/', { event: undefined, $set: { a: 1 }, $ip: V4 }, {}],
    ['an import', '/batch/', { historical_migration: true, batch: [anEventBody({ properties: { $ip: V4 } })] }, {}],
    ['a cookieless event', '/track/', { properties: { $cookieless_mode: true, $ip: V4 } }, {}],
    ['a recording', '/s/', { event: '$snapshot', properties: SNAPSHOT }, {}],
    ['X-Real-IP', '/e/', {}, { 'x-forwarded-for': '', 'x-real-ip': V4 }],
    ['Forwarded', '/e/', {}, { 'x-forwarded-for': '', forwarded: `for=${V4};proto=https` }],
    ['an address with a port', '/e/', {}, { 'x-forwarded-for': `${V4}:4711, 198.51.100.1` }],
  ];
  const ALL = PROTECTING.flatMap((mode) => DOORS.map(([door, ...rest]) => [mode, door, ...rest] as const));
  it.each(ALL)('under %s no address leaves by %s', async (mode, _door, path, body, headers) => {
    const messages = await sent(`phc_${mode}`, body, V4, path, headers);
    expect(messages.length).toBeGreaterThan(0);
    expect(JSON.stringify(messages)).not.toContain(V4);
  });

  it.each([
    ['anonymise', { dnt: '1' }],
    ['anonymise', { 'sec-gpc': '1' }],
  ])('%s takes address and person profile from who sends %j', async (dnt, headers: Record<string, string>) => {
    const [message] = await sent(`phc_dnt_${dnt}`, { properties: { $ip: V4, $cookieless_mode: true } }, V4, '/e/', headers);
    expect(message.headers.force_disable_person_processing).toBe('true');
    expect(JSON.stringify(message)).not.toContain(V4);
    const [other] = await sent(`phc_dnt_${dnt}`, {}, V4, '/e/', { dnt: '0' });
    expect([envelopeOf(other).ip, other.headers.force_disable_person_processing]).toEqual([V4, undefined]);
  });

  it('discards what comes from who does not want to be tracked, where the project says so', async () => {
    const before = await counter(gateway, 'capture_events_dropped_total', 'cause="do_not_track"');
    expect(await sent('phc_dnt_drop', {}, V4, '/e/', { dnt: '1' })).toEqual([]);
    expect((await counter(gateway, 'capture_events_dropped_total', 'cause="do_not_track"')) - before).toBe(1);
    expect(await sent('phc_dnt_drop', {})).toHaveLength(1);
    expect(await sent('phc_keep', {}, V4, '/e/', { dnt: '1', 'sec-gpc': '1' })).toHaveLength(1);
  });

  it('takes IP_MODE where there is no project to ask', async () => {
    const other = await openGateway({ IP_MODE: 'drop' });
    await other.send(post('/e/', anEventBody({ properties: { $ip: V4 } }), { 'x-forwarded-for': V4 }));
    expect(JSON.stringify(other.taken())).not.toContain(V4);
    await other.close();
  });

  it('lets no raw address through, whatever is around it', async () => {
    const key = fc.constantFrom('$ip', String.raw`\u0024ip`, String.raw`$\u0069\u0070`, 'properties', String.raw`propertie\u0073`, 'a');
    const value = fc.constantFrom(`"${V4}"`, `"${V6}"`, `"${MAPPED}"`, String.raw`"203.0.113.17\u0039"`, '1', 'null', `["${V4}"]`, '{}');
    const inner = fc.array(fc.tuple(fc.constantFrom('$ip', String.raw`\u0024\u0069p`), value), { maxLength: 3 });
    const member = fc.oneof(
      fc.tuple(fc.constantFrom('$ip', String.raw`\u0024ip`), value).map(([name, text]) => `"${name}" :${text}`),
      fc
        .tuple(fc.constantFrom('properties', String.raw`\u0070roperties`), inner)
        .map(([name, members]) => `"${name}":{${members.map(([k, v]) => `"${k}": ${v}`).join()}}`),
      fc
        .tuple(
          key.filter((name) => name === 'a'),
          fc.constantFrom('1.0', '"x"'),
        )
        .map(([name, text]) => `"${name}":${text}`),
    );
    const request = fc.record({
      mode: fc.constantFrom(...PROTECTING),
      members: fc.array(member, { maxLength: 5 }),
      ip: fc.constantFrom(V4, V6, MAPPED),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ mode, members, ip }) => {
        const wire = `{"token":"phc_${mode}","event":"e","distinct_id":"d"${members.map((text) => `,${text}`).join('')}}`;
        const answer = await gateway.send(post('/e/', wire, { 'x-forwarded-for': ip }));
        expect(answer.status).toBe(200);
        const [{ value: envelope, key: partitionKey, headers }] = gateway.taken();
        // Escapes undone: what a consumer may read.
        const seen = JSON.stringify([envelope, partitionKey, headers]).replaceAll(/\\+u0039/g, '9');
        for (const address of [V4, V6]) expect(seen).not.toContain(address);
      }),
      { numRuns: 200 },
    );
    expect(await counter(gateway, 'capture_privacy_violations_total')).toBe(0);
  });

  it('stops an event that a later step put the address back into, and raises the alarm', async () => {
    @Processor({ stage: 'route', order: 10 })
    class Careless extends EventProcessor {
      process(event: CapturedEvent, { ip }: CaptureContext) {
        return { ...event, ip };
      }
    }
    @Module({ providers: [Careless] })
    class CarelessModule {}
    const sink = new MemorySink();
    const app = await createGateway({ LOG_LEVEL: 'silent', ...env }, { sink, clock: new ManualClock(NOW), extensions: [CarelessModule] });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const { method, url, headers, body } = post('/e/', anEventBody({ token: 'phc_drop' }), { 'x-forwarded-for': V4 });
    const reply = await app.inject({ method: method as 'POST', url, headers, payload: body });
    const metrics = await app.inject({ method: 'GET', url: '/metrics' });
    await app.close();
    expect([reply.statusCode, sink.captured]).toEqual([200, []]);
    expect(metrics.body).toMatch(/^capture_privacy_violations_total 1$/m);
    expect(metrics.body).toMatch(/^capture_events_dropped_total\{cause="privacy_violation"\} 1$/m);
  });
});
