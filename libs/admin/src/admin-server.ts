import { createServer, type RequestListener, type Server } from 'node:http';
import { guardOperators } from '@app/connections';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isAuthorized } from './authorization.js';
import { namesLoopback } from './loopback.js';
import type { ProjectAnswers } from './project-answers.js';

/** Probes and scrapers find the same answers here as on the public port. */
const HEALTH = ['/', '/_startup', '/startupz', '/_liveness', '/livez', '/_readiness', '/readyz'] as const;
const SHARED = [...HEALTH, '/metrics'] as const;
/** An orchestrator's probes carry no secret, and learn none. */
const OPEN: ReadonlySet<string | undefined> = new Set(HEALTH);

const PATIENCE_MS = 10_000;
/** Longer than a minute between two scrapes. */
const KEEP_ALIVE_MS = 72_000;
/** Of a body that nobody reads. */
const UNREAD_BODY_BYTES = 4096;

export interface AdminPage {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
}

export interface AdminServerOptions {
  /** Undefined: whoever is on this machine may ask. */
  readonly secret: string | undefined;
  readonly projects: ProjectAnswers;
  /** Answers a GET as the public listener does; an operator, who has shown the secret or is on this machine, may see more. */
  readonly ask: (url: string, isOperator: boolean) => Promise<AdminPage>;
}

/** The operators' listener, not yet listening. It only reads, and only memory. */
export function adminServer({ secret, projects, ask }: AdminServerOptions): FastifyInstance {
  const server = fastify({
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    bodyLimit: 1024,
    serverFactory: guardedServer,
  });

  server.addHook('onRequest', (request, reply, done) => {
    if (mayAsk(request, secret)) return done();
    refuse(reply, secret);
  });
  for (const url of SHARED) {
    server.get(url, async (request, reply) => {
      const { status, contentType, body } = await ask(url, isOperator(request, secret));
      return reply.status(status).header('content-type', contentType).send(body);
    });
  }
  server.get('/_projects', async (_request, reply) => sendJson(reply, await projects.overview()));
  server.get<{ Params: { token: string } }>('/_projects/:token', async ({ params: { token } }, reply) =>
    sendJson(reply, await projects.of(token)),
  );
  return server;
}

/** Fastify opens no second one, for a name with two addresses, beside a server that it has not made. */
function guardedServer(listener: RequestListener): Server {
  const patience = { headersTimeout: PATIENCE_MS, requestTimeout: PATIENCE_MS, keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer({ ...patience, highWaterMark: UNREAD_BODY_BYTES }, listener);
  guardOperators(server);
  return server;
}

function mayAsk(request: FastifyRequest, secret: string | undefined): boolean {
  return OPEN.has(request.routeOptions.url) || isOperator(request, secret);
}

function isOperator(request: FastifyRequest, secret: string | undefined): boolean {
  return secret === undefined ? namesLoopback(request.headers.host) : isAuthorized(request.headers.authorization, secret);
}

function refuse(reply: FastifyReply, secret: string | undefined): void {
  if (secret === undefined) void reply.status(403).type('text/plain').send('ask by the name localhost or 127.0.0.1, or set ADMIN_TOKEN');
  else void reply.status(401).header('www-authenticate', 'Bearer').type('text/plain').send('send the ADMIN_TOKEN as Authorization: Bearer');
}

/** For people: indented, and never kept by anybody in between. */
function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(`${JSON.stringify(value, undefined, 2)}\n`);
}
