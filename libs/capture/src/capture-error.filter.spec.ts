import { HttpException, Logger, NotFoundException, ServiceUnavailableException, type ArgumentsHost } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CaptureError, REJECTIONS, type RejectionCode } from '@app/event';
import type { CaptureMetrics } from '@app/metrics';
import type { Ledger } from '@app/pipeline';
import type { CaptureRoutes } from './capture-routes.js';
import { CauseLinks } from './cause-links.js';
import { CaptureErrorFilter } from './capture-error.filter.js';

/** What the filter makes of a throw: the answer, and what it counted. */
function answer(thrown: unknown, { events = 0, complete = true } = {}) {
  const headers: Record<string, unknown> = { connection: 'close' };
  const sent = { status: 0, body: undefined as unknown };
  const reply = {
    status: (code: number) => ((sent.status = code), reply),
    header: (name: string, value: unknown) => ((headers[name] = value), reply),
    removeHeader: (name: string) => (delete headers[name], reply),
    send: (body: unknown) => ((sent.body = body), reply),
  };
  const counted: unknown[][] = [];
  const ledger = { rejected: (cause: string, count: number) => counted.push(['rejected', cause, count]) } as unknown as Ledger;
  const metrics = { refused: (code: string) => counted.push(['refused', code]) } as unknown as CaptureMetrics;
  const request = { url: '/x', receivedEvents: events, raw: { complete } };
  const host = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) } as unknown as ArgumentsHost;
  const routes = { nearest: () => undefined } as unknown as CaptureRoutes;
  new CaptureErrorFilter(ledger, metrics, new CauseLinks('/docs/'), routes).catch(thrown, host);
  return { ...sent, headers, counted };
}

let logged: string[];
beforeEach(() => {
  logged = [];
  vi.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void logged.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const STATUS: Partial<Record<RejectionCode, number>> = {
  body_stalled: 408,
  event_too_big: 413,
  payload_too_big: 413,
  missing_token: 401,
  mixed_tokens: 401,
  invalid_token: 401,
  unknown_token: 401,
  over_quota: 402,
  forbidden_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  transient: 503,
  internal: 500,
};

describe('CaptureErrorFilter', () => {
  it.each(Object.keys(REJECTIONS) as RejectionCode[])('answers %s with its status and text', (code) => {
    const { status, body, headers } = answer(new CaptureError(code, 'why'));
    expect([status, headers['content-type']]).toEqual([STATUS[code] ?? 400, 'text/plain; charset=utf-8']);
    expect(body).toMatch(new RegExp(`^${REJECTIONS[code]}: why(?:\\. [A-Z].*)?\\. See /docs/causes/${code}$`));
    expect('retry-after' in headers).toBe(code === 'transient');
  });

  it('asks to come back after 5 to 30 seconds, not all at once', () => {
    const seconds = Array.from({ length: 200 }, () => answer(new CaptureError('transient')).headers['retry-after'] as number);
    expect([Math.min(...seconds) >= 5, Math.max(...seconds) <= 30, new Set(seconds).size > 10]).toEqual([true, true, true]);
  });

  it('counts the request once, and every event in it', () => {
    expect(answer(new CaptureError('mixed_tokens'), { events: 7 }).counted).toEqual([
      ['rejected', 'token_shape_invalid', 7],
      ['refused', 'mixed_tokens'],
    ]);
    expect(answer(new CaptureError('missing_distinct_id'), { events: 2 }).counted[0]).toEqual(['rejected', 'missing_distinct_id', 2]);
    expect(answer(new CaptureError('undecodable')).counted).toEqual([['refused', 'undecodable']]);
  });

  it.each([
    ['an unknown route', new NotFoundException(), 404, 'no such route: configure only scheme and host in the SDK'],
    ["Fastify's own 405", Object.assign(new Error('x'), { statusCode: 405 }), 405, 'method not allowed'],
    ["Fastify's own 413", Object.assign(new Error('x'), { statusCode: 413 }), 413, 'maximum event size exceeded'],
    ["Fastify's other refusals", Object.assign(new Error('x'), { statusCode: 415 }), 400, 'failed to decode request: malformed request'],
    ["Nest's other refusals", new HttpException('x', 422), 400, 'failed to decode request: malformed request'],
    ['a bug', new TypeError('x'), 500, 'internal error'],
    ['a thrown text', 'x', 500, 'internal error'],
    ['a thrown null', null, 500, 'internal error'],
    ['a status that is none of the client’s', Object.assign(new Error('x'), { statusCode: 502 }), 500, 'internal error'],
  ])('answers %s', (_, thrown, status, text) => {
    const { status: given, body } = answer(thrown);
    expect([given, String(body).split('. See ', 1)[0]]).toEqual([status, text]);
  });

  it('leaves a failing health check its own words', () => {
    const detail = { status: 'error', details: { shutdown: { status: 'down' } } };
    const { status, body, counted } = answer(new ServiceUnavailableException(detail));
    expect([status, body, counted]).toEqual([503, detail, []]);
  });

  it('logs a bug with its frames, but never its message: that may quote the client', () => {
    answer(new TypeError('phc_secret in {"token":"phc_secret"}'));
    answer('phc_secret');
    expect(logged[0]).toMatch(/^TypeError while answering a request\n +at /);
    expect(logged[1]).toBe('threw string');
    expect(logged.join()).not.toContain('phc_secret');
  });

  it('logs nothing for what a client did wrong, or for a broker that is down', () => {
    for (const code of ['unparsable', 'invalid_token', 'transient', 'not_found'] as const) answer(new CaptureError(code));
    expect(logged).toEqual([]);
  });

  it('keeps the connection of a request that was read to its end, and no other', () => {
    expect(answer(new CaptureError('payload_too_big')).headers.connection).toBeUndefined();
    expect(answer(new CaptureError('payload_too_big'), { complete: false }).headers.connection).toBe('close');
  });
});
