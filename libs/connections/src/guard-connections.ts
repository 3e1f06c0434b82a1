import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ConnectionLimit, type ClosedFor } from './connection-limit.js';
import { unfinishedOn } from './http-socket.js';
import { lookAtConnections, type LookLimits } from './look-at-connections.js';
import { PipelinedRequests } from './pipelined-requests.js';
import { readInPieces } from './read-in-pieces.js';
import { answer, answerConnect, answerLateHead, refusalOf, UNKNOWN_EXPECTATION, type EdgeAnswers } from './refusals.js';
import { dropRestOf } from './rest-of-body.js';
import { turn } from './turn.js';
import { UnreadAnswers } from './unread-answers.js';

const LOOK_MS = 1000;
const LOOK_FOR_UNREAD_MS = 5000;

export interface GuardOptions extends LookLimits {
  /** Most connections at a time. */
  readonly limit: number;
  /** What all requests together may hold that wait behind another one of their connection, bytes. */
  readonly pipelinedBytes: number;
  /** How long an answer may stand untaken, milliseconds. */
  readonly unreadMs: number;
  readonly edge: EdgeAnswers;
  /** Told of each connection that is closed for its own or others' sake. */
  readonly closed: (why: ClosedFor) => void;
}

/** Puts itself between an HTTP server and whoever serves its requests. */
export function guardConnections(server: Server, options: GuardOptions): ConnectionLimit {
  const { limit, pipelinedBytes, unreadMs, edge, closed } = options;
  const connections = new ConnectionLimit(limit, closed);
  const pipelined = new PipelinedRequests(pipelinedBytes, (socket) => connections.close(socket, 'pipelining'));
  const unread = new UnreadAnswers(unreadMs);
  const listeners = server.listeners('request') as RequestListener[];

  const begin = (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(request);
    // The bodies of POST are read, if there is such a route; nobody wants others.
    if (refusal !== undefined || request.method !== 'POST') dropRestOf(request, response);
    if (refusal !== undefined) return answer(request, response, refusal, edge);
    for (const listener of listeners) listener(request, response);
  };

  const ration = (socket: Socket) => readInPieces(socket, () => connections.close(socket, 'chunks'));
  server.on('connection', (socket) => {
    turn.greet();
    if (connections.opened(socket) && turn.isCrowded) ration(socket);
  });
  server.removeAllListeners('request');
  const inOrder = (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    connections.used(request.socket);
    // node:http gives an answer its connection when the one before it has left.
    if (response.socket !== null) next();
    else pipelined.wait(request, response, next);
  };
  server.on('request', (request, response) => inOrder(request, response, () => begin(request, response)));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    inOrder(request, response, () => {
      dropRestOf(request, response);
      response.shouldKeepAlive = false;
      answer(request, response, refusalOf(request) ?? UNKNOWN_EXPECTATION, edge);
    }),
  );

  server.on('connect', (request, socket) => answerConnect(request, socket as Socket, edge));
  // A client that has said all may still listen, and what is stored is acknowledged.
  Object.assign(server, { httpAllowHalfOpen: true });

  server.once('listening', () => {
    const untimed = turn.whenCrowded(() => connections.open.forEach(ration));
    const late = (socket: Socket) => answerLateHead(socket, options.headMs, edge);
    const lookAt = () => lookAtConnections(connections, unfinishedOn(server), options, performance.now(), late);
    const look = setInterval(lookAt, LOOK_MS).unref();
    const lookForUnread = setInterval(() => {
      for (const socket of unread.overdue(connections.open, performance.now())) connections.close(socket, 'unread');
    }, LOOK_FOR_UNREAD_MS).unref();
    server.once('close', () => {
      untimed();
      clearInterval(look);
      clearInterval(lookForUnread);
    });
  });
  return connections;
}
