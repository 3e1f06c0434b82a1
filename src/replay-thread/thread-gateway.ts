import type { MessagePort } from 'node:worker_threads';
import { SharedLimits } from '@app/event';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { createGateway } from '../create-gateway.js';
import { Conversation, type Question } from '../workers/conversation.js';
import { metricsOf, type MetricsDump } from '../workers/metrics-sum.js';
import { channelOf } from './port-channel.js';
import { RECEIVED_AT } from './receive-time.js';
import type { ThreadAnswer, ThreadRequest, ThreadStart, ToThread } from './thread-request.js';

/** A gateway without a listener: it answers what another thread has received, on `/s` and nothing else. */
export async function serveThread(port: MessagePort, { env, requests, cells }: ThreadStart): Promise<void> {
  const app = await createGateway(env, { limits: new SharedLimits(cells, 1), isReplayThread: true });
  await app.init();
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  await fastify.ready();
  const bodies = new Map<number, Uint8Array<ArrayBuffer>[]>();
  requests.on('message', (message: ToThread) => {
    const { id } = message;
    if ('chunk' in message) {
      const chunks = bodies.get(id);
      if (chunks === undefined) bodies.set(id, [message.chunk]);
      else chunks.push(message.chunk);
      return;
    }
    const chunks = bodies.get(id) ?? [];
    bodies.delete(id);
    if ('request' in message)
      answer(fastify, message.request, whole(chunks)).then(
        (told) => requests.postMessage({ id, answer: told }, [told.body.buffer]),
        () => requests.postMessage({ id, answer: undefined }, []),
      );
  });
  const gateway = new Conversation(channelOf(port), (question) => tell(app, question));
  await gateway.ask({ about: 'serving', url: '' });
}

function whole(chunks: readonly Uint8Array<ArrayBuffer>[]): Buffer {
  return chunks.length === 1 ? Buffer.from(chunks[0].buffer) : Buffer.concat(chunks);
}

async function answer(fastify: FastifyInstance, request: ThreadRequest, payload: Buffer): Promise<ThreadAnswer> {
  const { method, url, headers: given, remoteAddress, receivedAt } = request;
  const headers = { ...given, [RECEIVED_AT]: String(receivedAt) };
  const told = await fastify.inject({ method, url, headers, payload, ...(remoteAddress !== undefined && { remoteAddress }) });
  return { status: told.statusCode, headers: { ...told.headers }, body: new Uint8Array(told.rawPayload) };
}

function tell(app: NestFastifyApplication, { about }: Question): unknown {
  switch (about) {
    case 'metrics':
      return metrics();
    case 'stop':
      return app.close().then(() => process.exit(0));
    default:
      throw new Error(`a thread does not know about ${about}`);
  }
}

/** What the process's first thread tells: of the process, of its own event loop, and limits, which both have together. */
const NOT_OURS = /^process_|^nodejs_(?!heap|external|gc)|_bytes_limit$/;

async function metrics(): Promise<MetricsDump> {
  return (await metricsOf()).filter(({ name }) => !NOT_OURS.test(name));
}
