import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HandedBody } from './handed-body.js';
import type { HandedAnswer, HandedRequest } from './handed-request.js';

/** Of a connection, and of the answer's way over it. */
const OF_CONNECTION: readonly string[] = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date'];

/** Has requests whose body is with the other process answered by it. Before the decoder's hooks. */
export function handoverPlugin(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, reply, done) => {
    const { body } = request;
    if (!(body instanceof HandedBody)) return done();
    body.answer(headOf(request)).then((answer) => pass(answer, reply), done);
  });
}

function headOf(request: FastifyRequest): HandedRequest {
  const { headers: given, url = '', method = '', socket } = request.raw;
  // What the client called its content, which is hidden from Fastify.
  const headers = { ...without(given), ...(request.sentContentType !== undefined && { 'content-type': request.sentContentType }) };
  return { method, url, headers, remoteAddress: socket.remoteAddress, receivedAt: request.receivedAt };
}

function pass({ status, headers, body }: HandedAnswer, reply: FastifyReply): unknown {
  return reply
    .code(status)
    .headers(without(headers))
    .send(body.length === 0 ? undefined : body);
}

function without<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name)));
}
