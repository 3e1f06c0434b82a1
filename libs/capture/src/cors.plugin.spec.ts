import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { corsPlugin } from './cors.plugin.js';

const app = fastify();
corsPlugin(app);
const reached: string[] = [];
app.route({ method: ['POST', 'OPTIONS'], url: '/e', handler: ({ method }) => ({ reached: reached.push(method) }) });

const send = (method: 'POST' | 'OPTIONS', headers: Record<string, string>) => app.inject({ method, url: '/e', headers });

describe('corsPlugin', () => {
  it('answers a preflight itself, mirroring what was asked', async () => {
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-b3-traceid' };
    const { statusCode, headers } = await send('OPTIONS', { origin: 'https://a.example', ...asked });
    expect([statusCode, reached]).toEqual([200, []]);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'content-type,x-b3-traceid',
      'access-control-max-age': '86400',
      vary: 'Origin',
    });
  });

  it('allows no headers that nobody asked for', async () => {
    const { headers } = await send('OPTIONS', { origin: 'https://a.example', 'access-control-request-method': 'POST' });
    expect(headers).not.toHaveProperty('access-control-allow-headers');
  });

  it.each([
    ['a request', 'POST', { origin: 'https://a.example' }],
    ['OPTIONS that is no preflight', 'OPTIONS', { origin: 'https://a.example' }],
  ] as const)('lets %s through, with its headers on the answer', async (_, method, given) => {
    const { headers } = await send(method, given);
    expect(reached.pop()).toBe(method);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-expose-headers': 'Retry-After, Inlet-Ack',
    });
    expect(headers).not.toHaveProperty('access-control-allow-methods');
  });

  it('says nothing to those that are no browsers', async () => {
    const { headers } = await send('OPTIONS', { 'access-control-request-method': 'POST' });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(reached.pop()).toBe('OPTIONS');
  });
});
