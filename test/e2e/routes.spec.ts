import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

const PATHS = ['/e', '/capture', '/track', '/engage', '/batch', '/i/v0/e'];
const BOTH_FORMS = PATHS.flatMap((path) => [path, `${path}/`]);

describe('capture routes', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it.each(BOTH_FORMS)('POST %s takes an event', async (path) => {
    const answer = await gateway.send(post(path, anEventBody()));
    expect(answer).toMatchObject({ status: 200, body: '{"status":"Ok"}' });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(gateway.taken()).toHaveLength(1);
  });

  it.each(BOTH_FORMS)('POST %s takes an array and a batch', async (path) => {
    const array = await gateway.send(post(path, [anEventBody(), anEventBody()]));
    const batch = await gateway.send(post(path, { api_key: 'phc_e2e', batch: [{ event: 'e', distinct_id: 'd' }] }));
    expect([array.status, batch.status, gateway.taken().length]).toEqual([200, 200, 3]);
  });

  it.each(BOTH_FORMS)('GET %s takes an event from the query', async (path) => {
    const data = Buffer.from(JSON.stringify(anEventBody())).toString('base64');
    const answer = await gateway.send({ method: 'GET', url: `${path}?data=${encodeURIComponent(data)}`, headers: {}, body: undefined });
    expect(answer).toMatchObject({ status: 200, body: '{"status":"Ok"}' });
    expect(gateway.taken()).toHaveLength(1);
  });

  it.each(BOTH_FORMS)('OPTIONS %s without an origin answers 200 and says Ok', async (path) => {
    const answer = await gateway.send({ method: 'OPTIONS', url: path, headers: {}, body: undefined });
    expect(answer).toMatchObject({ status: 200, body: '{"status":"Ok"}' });
  });

  it.each(BOTH_FORMS)('%s answers a beacon with 204 and no body', async (path) => {
    const answer = await gateway.send(post(`${path}?beacon=1`, anEventBody()));
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(gateway.taken()).toHaveLength(1);
  });

  it('answers a beacon of which one event was accepted with 204', async () => {
    const answer = await gateway.send(post('/e/?beacon=1', [anEventBody(), anEventBody({ event: '' })]));
    expect([answer.status, gateway.taken().length]).toEqual([204, 1]);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('%s is not a method of a capture route', async (method) => {
    const answer = await gateway.send({ ...post('/e/', anEventBody()), method });
    expect([404, 405]).toContain(answer.status);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(gateway.taken()).toEqual([]);
  });

  it.each(['/nothing', '/e/more', '/i/v0', '/batch/x/'])('POST %s is no route', async (path) => {
    const answer = await gateway.send(post(path, anEventBody()));
    expect(answer.status).toBe(404);
    expect(gateway.taken()).toEqual([]);
  });

  it.each(['/_liveness', '/_readiness', '/metrics'])('GET %s answers without touching the decoder', async (path) => {
    const answer = await gateway.send({ method: 'GET', url: path, headers: {}, body: undefined });
    expect(answer.status).toBe(200);
  });

  it('GET / says what this is', async () => {
    const answer = await gateway.send({ method: 'GET', url: '/', headers: {}, body: undefined });
    expect([answer.status, answer.body]).toEqual([200, 'capture']);
  });

  it('names the promise behind a 200', async () => {
    const answer = await gateway.send(post('/e/', anEventBody()));
    expect(['kafka', 'spool', 'log', 'spool-ephemeral']).toContain(answer.headers['inlet-ack']);
  });
});
