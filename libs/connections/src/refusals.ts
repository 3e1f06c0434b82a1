import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { REJECTIONS } from '@app/event';
import { answerOf, stopReading } from './http-socket.js';

/** As node:http tells it; Fastify's type for the packet is that of its JSON. */
export interface ParserError {
  readonly code?: string;
  readonly rawPacket?: unknown;
}

/** What is answered before any route or hook is reached. */
export interface EdgeRefusal {
  readonly status: number;
  readonly text: string;
}

/** What an answer of ours needs beside its text. */
export interface EdgeAnswers {
  /** With which a page of that origin may read the answer. */
  readonly corsHeaders: (origin: string) => Readonly<Record<string, string>>;
  /** Told of each refusal, for the metrics. */
  readonly refused: () => void;
}

export interface EdgeLimits extends EdgeAnswers {
  readonly headBytes: number;
  /** Longest parameter of a path, characters. */
  readonly paramLength: number;
}

const MALFORMED = `${REJECTIONS.undecodable}: malformed request`;

/** Node would answer it by itself, and read its body for ever. */
export const UNKNOWN_EXPECTATION: EdgeRefusal = {
  status: 417,
  text: `${MALFORMED}: the only expectation that is met is 100-continue (Expect)`,
};

/** Of what a request's own head says. @returns nothing for what may go on */
export function refusalOf({ method, url = '', rawHeaders, httpVersion }: IncomingMessage): EdgeRefusal | undefined {
  const { hosts, isOnlyChunked } = lookAt(rawHeaders);
  if (!isOnlyChunked) return ONLY_CHUNKED;
  if (hosts > 1) return { status: 400, text: `${MALFORMED}: more than one Host header` };
  if (hosts === 0 && httpVersion === '1.1') return { status: 400, text: `${MALFORMED}: no Host header` };
  if (url.startsWith('/') || isAbsolute(url) || (url === '*' && method === 'OPTIONS')) return undefined;
  return { status: 400, text: `${MALFORMED}: the target must begin with a slash` };
}

const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

function isAbsolute(url: string): boolean {
  return ABSOLUTE.test(url);
}

/** A target as routes know it, whatever form it came in (RFC 9112, 3.2). */
export function originForm(url: string): string {
  if (url.startsWith('/')) return url;
  if (url === '*') return '/';
  const path = url.replace(ABSOLUTE, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** A body that is chunked and something else would be taken for what it is not. RFC 9112 6.1 has 501 for it, which SDKs would send again. */
const ONLY_CHUNKED: EdgeRefusal = {
  status: 400,
  text: `${MALFORMED}: the only transfer coding that is understood is chunked (Transfer-Encoding): say how a body is compressed in Content-Encoding`,
};

const HOST = 'host';
const TRANSFER_ENCODING = 'transfer-encoding';

function lookAt(rawHeaders: readonly string[]): { readonly hosts: number; readonly isOnlyChunked: boolean } {
  let hosts = 0;
  let isOnlyChunked = true;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const { length } = rawHeaders[i];
    if (length === HOST.length && rawHeaders[i].toLowerCase() === HOST) hosts++;
    if (length === TRANSFER_ENCODING.length && rawHeaders[i].toLowerCase() === TRANSFER_ENCODING)
      isOnlyChunked &&= saysChunked(rawHeaders[i + 1]);
  }
  return { hosts, isOnlyChunked };
}

/** That chunked comes last, and once, the parser has seen to. */
function saysChunked(codings: string): boolean {
  return codings.split(',').every((coding) => ['chunked', 'identity', ''].includes(coding.trim().toLowerCase()));
}

/** What the router refuses. */
export function routerRefusal({ code }: { readonly code?: string }, { paramLength }: EdgeLimits): EdgeRefusal {
  if (code === 'FST_ERR_MAX_PARAM_LENGTH')
    return { status: 414, text: `${MALFORMED}: a part of the path is longer than ${paramLength} characters` };
  return { status: 400, text: `${MALFORMED}: the path is not valid` };
}

/** What the parser refuses. */
export function parserRefusal({ code }: { readonly code?: string }, { headBytes }: EdgeLimits): EdgeRefusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, text: `${MALFORMED}: request line and headers exceed the limit of ${headBytes} bytes` };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, text: `${MALFORMED}: extensions of a chunk exceed 16384 bytes` };
    case 'HPE_INVALID_METHOD':
      return { status: 400, text: `${MALFORMED}: unknown method` };
    default:
      return { status: 400, text: MALFORMED };
  }
}

/** Answers a request that Fastify never sees. */
export function answer(request: IncomingMessage, response: ServerResponse, { status, text }: EdgeRefusal, answers: EdgeAnswers): void {
  answers.refused();
  response.writeHead(status, headersOf(text, request.headers.origin, answers));
  response.end(text);
}

/** Answers what is no request, once all before it are answered, and closes its connection. */
export function answerNothing(error: ParserError, socket: Socket, limits: EdgeLimits): void {
  if (error.code === 'ECONNRESET') return;
  refuseAndClose(socket, parserRefusal(error, limits), originIn(error.rawPacket), limits);
}

/** The same for a head that does not come to its end. */
export function answerLateHead(socket: Socket, headMs: number, answers: EdgeAnswers): void {
  const text = `${REJECTIONS.body_stalled}: no whole head within ${headMs} ms (HTTP1_HEADER_READ_TIMEOUT_MS)`;
  refuseAndClose(socket, { status: 408, text }, undefined, answers);
}

/** The same for CONNECT, which node:http has no answer for: it takes its own hands off the connection. */
export function answerConnect({ headers }: IncomingMessage, socket: Socket, answers: EdgeAnswers): void {
  socket.removeAllListeners('data').on('error', () => {});
  refuseAndClose(socket, NO_TUNNEL, headers.origin, answers);
}

const NO_TUNNEL: EdgeRefusal = { status: 405, text: `${MALFORMED}: there are no tunnels here (CONNECT)` };

function refuseAndClose(socket: Socket, { status, text }: EdgeRefusal, origin: string | undefined, answers: EdgeAnswers): void {
  if (socket.destroyed || refused.has(socket)) return;
  refused.add(socket);
  // What else comes would be refused again.
  stopReading(socket);
  const lines = Object.entries({ ...headersOf(text, origin, answers), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  whenAnswered(socket, () => {
    answers.refused();
    if (socket.writable && answerOf(socket)?.headersSent !== true)
      socket.write(`HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\n${head}\r\n${text}`);
    socket.destroySoon();
  });
}

const refused = new WeakSet<Socket>();
const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

/** Bytes that follow a complete request never change its answer. */
function whenAnswered(socket: Socket, then: () => void): void {
  const current = answerOf(socket);
  if (current === undefined || !current.req.complete) return then();
  current.once('close', () => whenAnswered(socket, then));
}

function headersOf(text: string, origin: string | undefined, { corsHeaders }: EdgeAnswers): Record<string, string> {
  return {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(text)),
    ...(origin !== undefined && corsHeaders(origin)),
  };
}

/** Of a head that was not understood, as far as it has come in one piece. */
function originIn(packet: unknown): string | undefined {
  if (!Buffer.isBuffer(packet)) return undefined;
  return /\norigin:[ \t]*([\x21-\x7e]{1,2048})[ \t]*\r?\n/i.exec(packet.toString('latin1'))?.[1];
}
