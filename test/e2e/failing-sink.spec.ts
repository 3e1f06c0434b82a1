import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CaptureError } from '@app/event';
import { anEventBody, counter, openGateway, post, type Gateway } from './gateway.js';

describe('when events cannot be made durable', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterEach(() => {
    gateway.sink.failure = undefined;
  });
  afterAll(() => gateway.close());

  it('answers 503 with a Retry-After of 5 to 30 seconds, CORS and all', async () => {
    gateway.sink.failure = new CaptureError('transient');
    const answer = await gateway.send(post('/e/', anEventBody(), { origin: 'https://a.example' }));
    expect([answer.status, answer.body]).toEqual([503, expect.stringMatching(/^transient error, please retry/)]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(5);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(30);
    expect(answer.headers['access-control-allow-origin']).toBe('https://a.example');
  });

  it('spreads the retries of many clients', async () => {
    gateway.sink.failure = new CaptureError('transient');
    const answers = await Promise.all(Array.from({ length: 40 }, () => gateway.send(post('/e/', anEventBody()))));
    expect(new Set(answers.map(({ headers }) => headers['retry-after'])).size).toBeGreaterThan(1);
  });

  it('answers its own failure with 5xx, never 4xx, and tells no stack', async () => {
    gateway.sink.failure = new TypeError('secret detail');
    const answer = await gateway.send(post('/e/', anEventBody()));
    expect([500, 503]).toContain(answer.status);
    expect(answer.body).not.toContain('secret detail');
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('counts what it could not keep as rejected, and the ledger balances', async () => {
    const before = await counter(gateway, 'capture_events_received_total');
    gateway.sink.failure = new CaptureError('transient');
    await gateway.send(post('/e/', [anEventBody(), anEventBody()]));
    const sums = await Promise.all(
      ['received', 'ingested', 'spooled', 'dropped', 'rejected'].map((name) => counter(gateway, `capture_events_${name}_total`)),
    );
    const [received = 0, ...accounted] = sums;
    expect(received - before).toBe(2);
    expect(accounted.reduce((a, b) => a + b, 0)).toBe(received);
  });

  it('serves the next request', async () => {
    const answer = await gateway.send(post('/e/', anEventBody()));
    expect(answer.status).toBe(200);
  });
});
