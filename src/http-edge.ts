import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { corsHeaders } from '@app/capture';
import {
  answer,
  answerNothing,
  dropRestOf,
  guardConnections,
  listenOnOthers,
  originForm,
  routerRefusal,
  type ClosedFor,
  type ConnectionLimit,
  type EdgeLimits,
} from '@app/connections';
import { DecoderConfig } from '@app/decoder';
import { CaptureMetrics } from '@app/metrics';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { getToken } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { connectionRoomOf } from './connection-room-of.js';
import { GatewayConfig } from './config/gateway.config.js';
import type { Config } from './config/load-config.js';
import { HEADS_SHARE, PIPELINED_SHARE } from './memory/connection-bytes.js';
import { routeTarget } from './route-target.js';

/** Longest head of a request line and headers: beacons bring several KB of cookies. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Longest parameter of a path, characters. */
const MAX_PARAM_LENGTH = 500;
/** A body that nobody reads yet waits in Node, and each chunk of a byte takes some 400: so much of it is read before nothing more is. */
const UNREAD_BODY_BYTES = 4096;

type ServerOptions = NonNullable<ConstructorParameters<typeof FastifyAdapter>[0]>;

/** Where HTTP begins: what a connection may do, and what is answered before Fastify has a request. */
export interface HttpEdge {
  readonly serverOptions: ServerOptions;
  /** Has the application's metrics count what happens there, and it listen on all addresses of its name. */
  attach(app: NestFastifyApplication): void;
}

export function httpEdge(config: Config): HttpEdge {
  const { keepAliveTimeoutMs, headerReadTimeoutMs, pathPrefix } = config.get(GatewayConfig);
  // Nothing is refused, or closed, before the application is there.
  let metrics: CaptureMetrics | undefined;
  let closed: ((why: ClosedFor) => void) | undefined;
  let connections: ConnectionLimit | undefined;
  const edge: EdgeLimits = {
    headBytes: MAX_HEADER_BYTES,
    paramLength: MAX_PARAM_LENGTH,
    corsHeaders,
    refused: () => metrics?.refused('undecodable'),
  };

  const guardedServer = (listener: RequestListener): Server => {
    const server = createServer(
      {
        keepAliveTimeout: keepAliveTimeoutMs,
        maxHeaderSize: MAX_HEADER_BYTES,
        highWaterMark: UNREAD_BODY_BYTES,
        // The guard's: Node would count the time in which we read nothing of a connection against its client.
        headersTimeout: 0,
        // A body's time is the decoder's to bound.
        requestTimeout: 0,
        // Asked for all the same, and its absence answered as every other fault of a head.
        requireHostHeader: false,
      },
      listener,
    );
    const { maxInFlightBytes } = config.get(DecoderConfig);
    connections = guardConnections(server, {
      limit: connectionRoomOf(config).limit,
      unreadMs: keepAliveTimeoutMs,
      // Of a head that has begun in time all may come.
      idleMs: keepAliveTimeoutMs + headerReadTimeoutMs,
      headMs: headerReadTimeoutMs,
      headBytes: MAX_HEADER_BYTES,
      headsBytes: maxInFlightBytes * HEADS_SHARE,
      pipelinedBytes: maxInFlightBytes * PIPELINED_SHARE,
      edge,
      closed: (why) => closed?.(why),
    });
    return server;
  };

  return {
    serverOptions: {
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
      rewriteUrl: ({ url = '/' }) => routeTarget(originForm(url), pathPrefix),
      return503OnClosing: false, // a request that still comes over a kept connection is served
      exposeHeadRoutes: true,
      serverFactory: (listener) => guardedServer(listener as RequestListener),
      clientErrorHandler: (error, socket) => answerNothing(error, socket, edge),
      frameworkErrors: (error, request, reply) => {
        const [incoming, response] = [request.raw, reply.raw] as [IncomingMessage, ServerResponse];
        dropRestOf(incoming, response);
        answer(incoming, response, routerRefusal(error, edge), edge);
      },
    },
    attach: (app) => {
      metrics = app.get(CaptureMetrics);
      const [open, limit] = [app.get<Gauge>(getToken('capture_connections')), app.get<Gauge>(getToken('capture_connections_limit'))];
      const counter = app.get<Counter<'reason'>>(getToken('capture_connections_closed_total'));
      closed = (reason) => counter.inc({ reason });
      limit.set(connections?.limit ?? 0);
      Object.assign(open, { collect: () => open.set(connections?.open.size ?? 0) });
      listenOnAll(app, config.get(GatewayConfig).host);
    },
  };
}

/** Fastify opens no second listener for a server that it has not made. */
function listenOnAll(app: NestFastifyApplication, host: string): void {
  if (host !== 'localhost') return;
  const server: Server = app.getHttpServer();
  let others: ReturnType<typeof listenOnOthers> | undefined;
  server.once('listening', () => {
    others = listenOnOthers(server, host, UNREAD_BODY_BYTES);
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preClose', async () => (await others)?.());
}
