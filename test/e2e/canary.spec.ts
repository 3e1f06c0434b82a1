import { CanarySender } from '@app/canary';
import { CaptureError } from '@app/event';
import { register } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEventBody, counter, openGateway, post, type Gateway } from './gateway.js';

const ENABLED = { CANARY_ENABLED: 'true', CANARY_INTERVAL_MS: '60000' };
let gateway: Gateway;
// There is one registry a process.
beforeEach(() => register.resetMetrics());
afterEach(() => gateway.close());

/** A gateway that really listens; the canary that it sends at once is waited for. */
async function listening(env: Record<string, string> = {}): Promise<CanarySender> {
  gateway = await openGateway({ ...ENABLED, ...env });
  await gateway.app.listen(0, '127.0.0.1');
  await expect.poll(() => counter(gateway, 'capture_canary_answers_total')).toBe(1);
  return gateway.app.get(CanarySender);
}

const ledger = () =>
  Promise.all(['received', 'ingested', 'spooled', 'dropped', 'rejected'].map((what) => counter(gateway, `capture_events_${what}_total`)));

describe('without CANARY_ENABLED', () => {
  it('there is none, nor a route or a sample for it', async () => {
    gateway = await openGateway();
    expect((await gateway.send(post('/_canary', anEventBody()))).status).toBe(404);
    const { body } = await gateway.app.inject('/metrics');
    expect(body.split('\n').filter((line) => line.startsWith('capture_canary_'))).toEqual([]);
  });
});

describe('the canary', () => {
  it('goes over the public port to a topic of its own, and is measured', async () => {
    await listening({ PATH_PREFIX: '/ingest', CANARY_TOPIC: 'own' });
    const [{ route, value, headers }] = gateway.taken();
    expect([route, headers.token]).toEqual(['canary', 'inlet_canary']);
    expect(JSON.parse(JSON.parse(value).data)).toMatchObject({ event: '$inlet_canary', properties: { pid: process.pid } });
    expect(await counter(gateway, 'capture_canary_answers_total', 'result="log"')).toBe(1);
    expect(await counter(gateway, 'capture_canary_seconds_count', 'fate="delivered"')).toBe(1);
    expect(await counter(gateway, 'capture_canary_age_seconds', 'fate="acknowledged"')).toBe(0);
  });

  it('has no part in quotas, filters, and the ledger', async () => {
    const sender = await listening({
      UNKNOWN_TOKENS: 'reject',
      DROP_EVENTS_BY_TOKEN_DISTINCT_ID: 'inlet_canary',
      BATCH_POLICY: 'strict',
    });
    expect(await sender.send()).toMatchObject({ result: 'log' });
    expect(gateway.taken()).toHaveLength(2);
    gateway.sink.failure = new CaptureError('transient', 'the disk is full');
    expect(await sender.send()).toEqual({ result: 'refused', detail: expect.stringMatching(/^503 .*the disk is full/) });
    expect(await ledger()).toEqual([0, 0, 0, 0, 0]);
    expect(await counter(gateway, 'capture_event_batch_size_count')).toBe(0);
  });

  it('ages while none is acknowledged, and is young again with the next', async () => {
    const sender = await listening();
    gateway.sink.failure = new CaptureError('transient');
    gateway.clock.advance(90_000);
    await sender.send();
    expect(await counter(gateway, 'capture_canary_age_seconds', 'acknowledged')).toBeGreaterThanOrEqual(90);
    gateway.sink.failure = undefined;
    await sender.send();
    expect(await counter(gateway, 'capture_canary_age_seconds')).toBeLessThan(1);
  });

  it('is acknowledged but not delivered while it waits in the spool', async () => {
    const sender = await listening();
    gateway.clock.advance(90_000);
    gateway.sink.ack = 'spool';
    expect(await sender.send()).toMatchObject({ result: 'spool' });
    expect(await counter(gateway, 'capture_canary_age_seconds', 'acknowledged')).toBeLessThan(1);
    expect(await counter(gateway, 'capture_canary_age_seconds', 'delivered')).toBeGreaterThanOrEqual(90);
  });

  it('knows that nobody answers', async () => {
    const sender = await listening();
    gateway.app.getHttpServer().address = () => ({ address: '127.0.0.1', port: 1, family: 'IPv4' });
    expect(await sender.send()).toEqual({ result: 'unanswered', detail: 'ECONNREFUSED' });
  });

  it.each([
    ['without the mark', {}],
    ['with a guessed one', { 'inlet-canary': 'a'.repeat(43) }],
  ])('is not for others: %s the route is not there, and nothing is counted or kept', async (_name, headers) => {
    await listening();
    gateway.taken();
    const answer = await gateway.send(post('/_canary', anEventBody(), headers));
    expect([answer.status, answer.body]).toEqual([404, expect.stringContaining('no such route')]);
    expect(gateway.taken()).toEqual([]);
    expect(await ledger()).toEqual([0, 0, 0, 0, 0]);
  });

  it('gives its mark no power over other routes', async () => {
    await listening();
    gateway.taken();
    await gateway.send(post('/e', anEventBody(), { 'inlet-canary': 'x' }));
    expect(gateway.taken().map(({ route }) => route)).toEqual(['main']);
    expect(await ledger()).toEqual([1, 1, 0, 0, 0]);
  });
});

it('a topic that others use stops the boot', async () => {
  gateway = await openGateway();
  await expect(openGateway({ ...ENABLED, CANARY_TOPIC: 'events_plugin_ingestion' })).rejects.toThrow('it is KAFKA_TOPIC as well');
});
