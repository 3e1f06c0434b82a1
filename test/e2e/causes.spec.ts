import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WireAnswer, WireRequest } from '../corpus/runner.js';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

const get = (url: string): WireRequest => ({ method: 'GET', url, headers: {}, body: undefined });
const linkOf = ({ body }: WireAnswer): string => / See (\S+)$/.exec(body)?.[1] ?? `no link in ${body}`;
const KEY = (token: string | undefined) => post('/i/v0/e/', anEventBody({ token }));

describe('refusals say why', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway({ OUTPUT: 'embedded' });
  });
  afterAll(() => gateway.close());

  it.each<[string, WireRequest, number, string, string]>([
    [
      'a personal key',
      KEY('phx_secret'),
      401,
      'API key is not valid: personal_api_key. Use the project key, it begins with phc_',
      'personal_api_key',
    ],
    [
      'no key',
      KEY(undefined),
      401,
      'event submitted without an api_key: Send the project key as "api_key" in the body, or as a Bearer',
      'missing_token',
    ],
    [
      'a placeholder',
      KEY('<ph_project_api_key>'),
      401,
      'project API key is not valid: it is the placeholder of an example. Put',
      'placeholder_token',
    ],
    ['a route misspelt', post('/captures/', anEventBody()), 404, 'no such route: did you mean /capture?', 'not_found'],
    ['a path before it', post('/ingest/batch/', anEventBody()), 404, 'no such route: did you mean /batch?', 'not_found'],
    ['another route', get('/wp-login.php'), 404, 'no such route: configure only scheme and host', 'not_found'],
    ['no event', post('/batch/', { api_key: 'phc_e2e', batch: [] }), 400, 'request holds no event: Send nothing', 'empty_batch'],
    ['a bad uuid', post('/e/', anEventBody({ uuid: '7' })), 400, 'failed to parse request: event 0: "uuid" is not a UUID', 'invalid_uuid'],
  ])('%s', async (_, request, status, begins, cause) => {
    const answer = await gateway.send(request);
    expect([answer.status, answer.body.slice(0, begins.length), linkOf(answer)]).toEqual([status, begins, `/docs/causes/${cause}`]);
    const page = await gateway.send(get(linkOf(answer)));
    expect([page.status, page.headers['content-type'], page.headers['content-security-policy']]).toEqual([
      200,
      'text/html; charset=utf-8',
      expect.stringContaining("default-src 'none'"),
    ]);
    expect(page.body).toContain('What to do');
    expect(page.body).not.toMatch(/<script|https?:/);
  });

  it('the strict endpoint, in its own form', async () => {
    const answer = await gateway.send(post('/i/v1/analytics/events', { batch: [] }, { authorization: 'Bearer phc_e2e' }));
    const { error, error_uri } = JSON.parse(answer.body) as Record<string, string>;
    expect(error_uri).toBe(`/docs/causes/${error}`);
    expect((await gateway.send(get(error_uri))).status).toBe(200);
  });

  it('all pages are listed, and nothing else is one', async () => {
    const namesAt = async (path: string) => {
      const { body } = await gateway.send(get(path));
      const links = [...body.matchAll(/href="([a-z_./]+)"/g)].map(([, link]) => new URL(link, `http://host${path}`).pathname);
      return links.map((link) => link.replace('/docs/causes/', ''));
    };
    const links = await namesAt('/docs/causes/');
    expect(await namesAt('/docs/causes')).toEqual(links);
    expect(links).toEqual(expect.arrayContaining(['bot_traffic', 'missing_token', 'over_quota', 'timestamp_unreadable']));
    expect((await gateway.send(get('/docs/causes/constructor'))).status).toBe(404);
  });
});

describe('links in refusals', () => {
  let gateway: Gateway;
  afterEach(() => gateway.close());

  it.each([
    [{ DOCS_URL: 'https://docs.example.com/inlet/' }, 'https://docs.example.com/inlet/causes/missing_token'],
    [{ PATH_PREFIX: '/ingest' }, '/ingest/docs/causes/missing_token'],
  ])('follow %j', async (env, link) => {
    gateway = await openGateway(env);
    expect(linkOf(await gateway.send(KEY(undefined)))).toBe(link);
  });

  it('a placeholder is taken where nobody can tell, and Kafka is the output', async () => {
    gateway = await openGateway({ OUTPUT: 'kafka', KAFKA_HOSTS: 'localhost:1' });
    expect((await gateway.send(KEY('phc_your_project_key'))).status).toBe(200);
  });
});
