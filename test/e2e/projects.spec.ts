import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { anEventBody, counter, openGateway, post, type Gateway } from './gateway.js';

const PROJECTS = `projects:
  - token: phc_known
  - token: phc_off
    enabled: false
  - token: phc_origins
    allowedOrigins: [https://app.example.com, "https://*.example.org"]
  - token: phc_import
    historical: true
`;
const NOT_VALID = /^project API key is not valid: /;

describe('projects', () => {
  let folder: string;
  let file: string;
  let gateway: Gateway;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'inlet-projects-'));
    file = join(folder, 'projects.yaml');
    writeFileSync(file, PROJECTS);
  });
  afterEach(() => gateway.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  const open = async (unknownTokens?: string) => {
    gateway = await openGateway({ PROJECT_SOURCE: 'file', PROJECTS_FILE: file, UNKNOWN_TOKENS: unknownTokens });
  };
  const send = (token: string, headers: Record<string, string> = {}) => gateway.send(post('/e/', anEventBody({ token }), headers));

  const refused = (action: string) => counter(gateway, 'capture_unknown_tokens_total', `action="${action}"`);

  it('refuses the key of no project, by that name, without repeating it', async () => {
    await open('reject');
    const before = [await refused('reject'), await counter(gateway, 'capture_events_rejected_total', 'cause="unknown_token"')];
    const answer = await send('phc_nobody');
    expect([answer.status, answer.body]).toEqual([401, expect.stringMatching(NOT_VALID)]);
    expect(answer.body).not.toContain('phc_nobody');
    expect((await send('phc_known')).status).toBe(200);
    const after = [await refused('reject'), await counter(gateway, 'capture_events_rejected_total', 'cause="unknown_token"')];
    expect(after).toEqual(before.map((count) => count + 1));
    expect(await counter(gateway, 'capture_projects')).toBe(4);
  });

  it.each([
    ['accept', 1, 0],
    ['dry_run', 1, 1],
    [undefined, 1, 0],
  ])('under UNKNOWN_TOKENS=%s takes it', async (policy, taken, rehearsed) => {
    await open(policy);
    const before = await refused('dry_run');
    expect((await send('phc_nobody')).status).toBe(200);
    expect(gateway.taken()).toHaveLength(taken);
    expect((await refused('dry_run')) - before).toBe(rehearsed);
  });

  it.each([
    ['reject', 401],
    ['accept', 401],
    ['dry_run', 200],
  ])('treats a disabled project under %s like one that nobody knows: %i', async (policy, status) => {
    await open(policy);
    const answer = await send('phc_off');
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.body).toMatch(NOT_VALID);
  });

  it('takes a project that was added a moment ago', async () => {
    await open('reject');
    expect((await send('phc_new')).status).toBe(401);
    writeFileSync(file, `${PROJECTS}  - token: phc_new\n`);
    await vi.waitFor(async () => expect((await send('phc_new')).status).toBe(200), { timeout: 10_000, interval: 100 });
    writeFileSync(file, PROJECTS);
  });

  it.each([
    ['https://app.example.com', 200],
    ['https://any.example.org', 200],
    ['https://example.org', 403],
    ['https://app.example.com.evil.test', 403],
    ['null', 403],
  ])('a browser at %s gets %i from a project with a list of origins', async (origin, status) => {
    await open();
    const answer = await send('phc_origins', { origin });
    expect(answer.status).toBe(status);
    // Without them the browser would show its page a network error, and SDKs would resend.
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
    if (status === 403) expect(answer.body).toMatch(/^origin not allowed/);
  });

  it('does not ask servers for an origin, nor holds back preflights', async () => {
    await open();
    expect((await send('phc_origins')).status).toBe(200);
    const headers = { origin: 'https://evil.test', 'access-control-request-method': 'POST' };
    expect((await gateway.send({ method: 'OPTIONS', url: '/e/', headers, body: undefined })).status).toBe(200);
  });

  it("puts an importing project's events on the historical lane", async () => {
    await open();
    await send('phc_import');
    await send('phc_known');
    const [old, fresh] = gateway.taken();
    expect(old).toMatchObject({ route: 'historical', headers: { historical_migration: 'true' } });
    expect(JSON.parse(old.value)).toMatchObject({ historical_migration: true });
    expect(fresh.route).toBe('main');
  });

  it('starts and takes everything when the file is not there', async () => {
    gateway = await openGateway({ PROJECT_SOURCE: 'file', PROJECTS_FILE: join(folder, 'none.yaml'), UNKNOWN_TOKENS: 'reject' });
    expect((await send('phc_known')).status).toBe(200);
    // Who knows what the project wanted.
    expect(JSON.parse(gateway.taken()[0].value)).toMatchObject({ ip: '' });
  });

  it('does not start without the name of the file, or of Redis', async () => {
    await expect(openGateway({ PROJECT_SOURCE: 'file' })).rejects.toThrow(/PROJECTS_FILE/);
    await expect(openGateway({ PROJECT_SOURCE: 'redis' })).rejects.toThrow('PROJECT_SOURCE=redis needs REDIS_URL');
    await open();
  });
});
