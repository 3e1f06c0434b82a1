import { Socket } from 'node:net';
import type { Environment } from '@app/config';
import { SharedLimits } from '@app/event';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { createGateway } from '../create-gateway.js';
import { Conversation, type Channel, type Question } from '../workers/conversation.js';
import { metricsOf, type MetricsDump } from '../workers/metrics-sum.js';
import { FRAME, frameReader, writeFrame, type FrameKind } from './frames.js';
import { GatheredBody } from './gathered-body.js';
import { answerParts, decodeRequest, type HandedAnswer, type HandedRequest } from './handed-request.js';
import { decodeLimits, mirrorLimits } from './mirror-limits.js';
import { RECEIVED_AT } from './receive-time.js';
import { PIPE } from './running-process.js';
import { BEAT_MS } from './silence.js';

/** Read into again and again: bytes of bodies are copied from here to where they stay. */
const READ_BYTES = 256 * 1024;

/**
 * A gateway without a listener: it answers what another process has received, on `/s` and nothing else.
 *
 * @param channel to the process that serves
 */
export async function serveRecordings(channel: Channel, env: Environment): Promise<NestFastifyApplication> {
  const limits = new SharedLimits();
  const app = await createGateway(env, { limits, isReplayProcess: true });
  await app.init();
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  await fastify.ready();
  const bodies = new Map<number, GatheredBody>();

  const hear = frameReader({
    chunk(id, piece) {
      const body = bodies.get(id) ?? new GatheredBody();
      bodies.set(id, body);
      body.add(piece);
    },
    frame(kind: FrameKind, id, payload) {
      if (kind === FRAME.limits) return limits.hear(decodeLimits(payload));
      const body = bodies.get(id) ?? new GatheredBody();
      bodies.delete(id);
      if (kind !== FRAME.request) return;
      answer(fastify, decodeRequest(payload), body.whole()).then(
        (told) => writeFrame(pipe, FRAME.answer, id, ...answerParts(told)),
        () => writeFrame(pipe, FRAME.failure, id),
      );
    },
  });
  const onread = {
    buffer: Buffer.alloc(READ_BYTES),
    callback: (length: number, buffer: Uint8Array) => {
      hear((buffer as Buffer).subarray(0, length));
      return true;
    },
  };
  const pipe = new Socket({ fd: PIPE, onread });
  // Whoever is at its other end is gone: so is the channel.
  pipe.on('error', () => {}).resume();
  mirrorLimits(limits, (own) => writeFrame(pipe, FRAME.limits, 0, own), BEAT_MS);
  const serving = new Conversation(channel, (question) => tell(app, question));
  await serving.ask({ about: 'serving', url: '' });
  return app;
}

async function answer(fastify: FastifyInstance, request: HandedRequest, payload: Buffer): Promise<HandedAnswer> {
  const { method, url, headers: given, remoteAddress, receivedAt } = request;
  const headers = { ...given, [RECEIVED_AT]: String(receivedAt) };
  const told = await fastify.inject({ method, url, headers, payload, ...(remoteAddress !== undefined && { remoteAddress }) });
  return { status: told.statusCode, headers: { ...told.headers }, body: told.rawPayload };
}

function tell(app: NestFastifyApplication, { about }: Question): unknown {
  switch (about) {
    case 'metrics':
      return metrics();
    case 'stop':
      return app.close().then(() => process.exit(0));
    default:
      throw new Error(`a process of recordings does not know about ${about}`);
  }
}

/** What the process that serves tells for both: of its own event loop, when it started, and limits, which both have together. */
const NOT_OURS = /^process_(?!cpu|resident|open_fds)|^nodejs_(?!heap|external|gc)|_bytes_limit$/;

async function metrics(): Promise<MetricsDump> {
  return (await metricsOf()).filter(({ name }) => !NOT_OURS.test(name));
}
