import type { IncomingMessage, ServerResponse } from 'node:http';
import { corsHeaders } from '@app/capture';
import { answer, answerNothing, dropRestOf, guardConnections, originForm, routerRefusal, type EdgeLimits } from '@app/connections';
import { CaptureMetrics } from '@app/metrics';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { getToken } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { connectionRoomOf } from './connection-room-of.js';
import { GatewayConfig } from './config/gateway.config.js';
import type { Config } from './config/load-config.js';
import { withoutPrefix } from './path-prefix.js';

/** Longest head of a request line and headers: beacons bring several KB of cookies. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Longest parameter of a path, characters. */
const MAX_PARAM_LENGTH = 500;
/** A body that nobody reads yet waits in Node, and each chunk of a byte takes some 400: so much of it is read before nothing more is. */
const UNREAD_BODY_BYTES = 4096;
/** How often connections are looked at whose head is slow to come. */
const HEAD_CHECK_MS = 1000;

type ServerOptions = NonNullable<ConstructorParameters<typeof FastifyAdapter>[0]>;

/** Where HTTP begins: what a connection may do, and what is answered before Fastify has a request. */
export interface HttpEdge {
  readonly serverOptions: ServerOptions;
  /** Puts it before the application's server. */
  guard(app: NestFastifyApplication): void;
}

export function httpEdge(config: Config): HttpEdge {
  const { keepAliveTimeoutMs, headerReadTimeoutMs, pathPrefix } = config.get(GatewayConfig);
  // Nothing is refused before the application is there.
  let metrics: CaptureMetrics | undefined;
  const edge: EdgeLimits = {
    headBytes: MAX_HEADER_BYTES,
    headMs: headerReadTimeoutMs,
    paramLength: MAX_PARAM_LENGTH,
    corsHeaders,
    refused: () => metrics?.refused('undecodable'),
  };
  return {
    serverOptions: {
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
      keepAliveTimeout: keepAliveTimeoutMs,
      rewriteUrl: ({ url = '/' }) => withoutPrefix(originForm(url), pathPrefix),
      return503OnClosing: false, // a request that still comes over a kept connection is served
      exposeHeadRoutes: false,
      http: {
        maxHeaderSize: MAX_HEADER_BYTES,
        highWaterMark: UNREAD_BODY_BYTES,
        headersTimeout: headerReadTimeoutMs,
        // Node looks for slow heads only every 30 s by itself.
        connectionsCheckingInterval: HEAD_CHECK_MS,
        // Asked for all the same, and its absence answered as every other fault of a head.
        requireHostHeader: false,
      },
      clientErrorHandler: (error, socket) => answerNothing(error, socket, edge),
      frameworkErrors: (error, request, reply) => {
        const [incoming, response] = [request.raw, reply.raw] as [IncomingMessage, ServerResponse];
        dropRestOf(incoming, response);
        answer(incoming, response, routerRefusal(error, edge), edge);
      },
    },
    guard: (app) => {
      metrics = app.get(CaptureMetrics);
      const [open, limit] = [app.get<Gauge>(getToken('capture_connections')), app.get<Gauge>(getToken('capture_connections_limit'))];
      const closed = app.get<Counter<'reason'>>(getToken('capture_connections_closed_total'));
      const connections = guardConnections(app.getHttpServer(), {
        limit: connectionRoomOf(config).limit,
        unreadMs: keepAliveTimeoutMs,
        edge,
        closed: (reason) => closed.inc({ reason }),
      });
      limit.set(connections.limit);
      Object.assign(open, { collect: () => open.set(connections.open.size) });
    },
  };
}
