import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { adminServer, type AdminPage } from './admin-server.js';
import { projectAnswers } from './project-answers.js';
import { ProjectFacts } from './project-facts.js';

const SECRET = 'a secret of sixteen';

class Settings extends ProjectFacts {
  factsOf(token: string) {
    return { ip: token === 'phc_a' ? 'drop' : 'keep' };
  }
  override overview() {
    return { projects: 2 };
  }
}
class Broken extends ProjectFacts {
  factsOf(): unknown {
    throw new Error('with a secret');
  }
}

describe('adminServer', () => {
  let server: FastifyInstance;
  afterEach(() => server.close());

  function open(secret?: string, facts = new Map<string, ProjectFacts>([['settings', new Settings()]])) {
    server = adminServer({
      secret,
      projects: projectAnswers(facts),
      ask: async (url, isOperator) => ({
        status: 200,
        contentType: 'text/plain',
        body: `the ${isOperator ? "operator's" : "gateway's"} ${url}`,
      }),
    });
    return (url: string, headers: Record<string, string> = {}) =>
      server.inject({ method: 'GET', url, headers: { host: '127.0.0.1:9', ...headers } });
  }

  it('shows what each room believes of a project', async () => {
    const reply = await open()('/_projects/phc_a');
    expect([reply.statusCode, reply.json()]).toEqual([200, { token: 'phc_a', settings: { ip: 'drop' } }]);
    expect(reply.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  });

  it('shows what each room believes of all', async () => {
    expect((await open()('/_projects')).json()).toEqual({ settings: { projects: 2 } });
  });

  it('shows the others when one room fails, and not what it threw', async () => {
    const reply = await open(
      undefined,
      new Map<string, ProjectFacts>([
        ['broken', new Broken()],
        ['settings', new Settings()],
      ]),
    )('/_projects/phc_a');
    expect(reply.json()).toMatchObject({ broken: { error: expect.any(String) }, settings: { ip: 'drop' } });
    expect(reply.body).not.toContain('secret');
  });

  it.each(['/', '/_startup', '/startupz', '/_liveness', '/livez', '/_readiness', '/readyz', '/metrics'])(
    'answers %s as the gateway answers operators',
    async (url) => {
      const reply = await open()(url);
      expect([reply.statusCode, reply.body]).toEqual([200, `the operator's ${url}`]);
    },
  );

  it.each(['/e/', '/nothing', '/_projects/a/b'])('knows no %s', async (url) => {
    expect((await open()(url)).statusCode).toBe(404);
  });

  it.each([undefined, 'Bearer', 'Bearer another', `Basic ${SECRET}`, `Bearer ${SECRET}x`, `Bearer ${SECRET.slice(1)}`])(
    'refuses authorization %j',
    async (authorization) => {
      const ask = open(SECRET.replaceAll(' ', '_'));
      const headers: Record<string, string> =
        authorization === undefined ? {} : { authorization: authorization.replaceAll(SECRET, SECRET.replaceAll(' ', '_')) };
      for (const url of ['/_projects', '/_projects/phc_a', '/metrics', '/nothing']) {
        const reply = await ask(url, headers);
        expect([url, reply.statusCode, reply.headers['www-authenticate']]).toEqual([url, 401, 'Bearer']);
        expect(reply.body).not.toContain('drop');
      }
    },
  );

  it('lets the secret in, and probes without it', async () => {
    const ask = open('a_secret_of_sixteen');
    expect((await ask('/_projects/phc_a', { authorization: 'Bearer a_secret_of_sixteen' })).statusCode).toBe(200);
    expect((await ask('/metrics', { authorization: 'bearer a_secret_of_sixteen' })).statusCode).toBe(200);
    expect((await ask('/_readiness')).body).toBe("the gateway's /_readiness");
    expect((await ask('/_readiness', { authorization: 'Bearer a_secret_of_sixteen' })).body).toBe("the operator's /_readiness");
  });

  it('shows a page that names itself 127.0.0.1 no more of a probe than the public port does', async () => {
    expect((await open()('/_readiness', { host: 'evil.example' })).body).toBe("the gateway's /_readiness");
  });

  it.each([
    ['localhost:9', 200],
    ['127.0.0.1', 200],
    ['[::1]:9', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example:9', 403],
  ])('without a secret the host name %s gets %i', async (host, status) => {
    expect((await open()('/_projects', { host })).statusCode).toBe(status);
  });

  it('begins one of many pipelined requests at a time', async () => {
    const asked: (() => void)[] = [];
    const page = { status: 200, contentType: 'text/plain', body: 'a_page' };
    const ask = () => new Promise<AdminPage>((resolve) => asked.push(() => resolve(page)));
    server = adminServer({ secret: undefined, projects: projectAnswers(new Map()), ask });
    const { port } = new URL(await server.listen({ port: 0, host: '127.0.0.1' }));
    const client = connect(Number(port), '127.0.0.1');
    let answers = '';
    client.on('data', (bytes) => (answers += bytes.toString()));
    client.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(300));
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (let i = 0; i < 300; i++) {
      await vi.waitFor(() => expect(asked).toHaveLength(i + 1), { interval: 1 });
      asked[i]();
    }
    await vi.waitFor(() => expect(answers.match(/a_page/g)).toHaveLength(300));
    client.destroy();
  });
});
