import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bytesOf, messagesOf, readFields, type Fields } from './protobuf.ts';

type Attribute = string | number | boolean | readonly string[];

/** A span as a collector sees it. */
export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly name: string;
  /** 1 internal, 2 server, 4 producer. */
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
  /** 2 error. */
  readonly status: number;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly resource: Readonly<Record<string, Attribute>>;
}

/** A collector that speaks OTLP over HTTP and keeps what it is sent. */
export interface Collector {
  readonly url: string;
  readonly spans: SeenSpan[];
  /** All bodies as they came, for looking for what must not be in them. */
  readonly bodies: Buffer[];
  readonly requests: { readonly path: string | undefined; readonly headers: IncomingMessage['headers'] }[];
  /** In place of 200, from now on. */
  answer: (reply: ServerResponse) => void;
  close(): Promise<void>;
}

export async function openCollector(): Promise<Collector> {
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      collector.requests.push({ path: request.url, headers: request.headers });
      collector.bodies.push(body);
      collector.spans.push(...readSpans(body));
      collector.answer(reply);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: [],
    bodies: [],
    requests: [],
    answer: (reply) => reply.end(),
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
  return collector;
}

function readSpans(body: Buffer): SeenSpan[] {
  return messagesOf(readFields(body), 1).flatMap((resourceSpans) => {
    const resource = attributesOf(messagesOf(resourceSpans, 1)[0], 1);
    return messagesOf(resourceSpans, 2).flatMap((scope) => messagesOf(scope, 2).map((span) => readSpan(span, resource)));
  });
}

function readSpan(span: Fields, resource: SeenSpan['resource']): SeenSpan {
  return {
    traceId: bytesOf(span, 1).toString('hex'),
    spanId: bytesOf(span, 2).toString('hex'),
    parentId: bytesOf(span, 4).toString('hex'),
    name: bytesOf(span, 5).toString(),
    kind: span.get(6)?.[0] as number,
    start: bytesOf(span, 7).readBigUInt64LE(),
    end: bytesOf(span, 8).readBigUInt64LE(),
    status: (messagesOf(span, 15)[0]?.get(3)?.[0] as number | undefined) ?? 0,
    attributes: attributesOf(span, 9),
    resource,
  };
}

function attributesOf(fields: Fields, number: number): Record<string, Attribute> {
  return Object.fromEntries(messagesOf(fields, number).map((pair) => [bytesOf(pair, 1).toString(), valueOf(messagesOf(pair, 2)[0])]));
}

function valueOf(value: Fields): Attribute {
  if (value.has(1)) return bytesOf(value, 1).toString();
  if (value.has(2)) return value.get(2)?.[0] === 1;
  if (value.has(3)) return value.get(3)?.[0] as number;
  if (value.has(4)) return bytesOf(value, 4).readDoubleLE();
  return messagesOf(messagesOf(value, 5)[0], 1).map((item) => valueOf(item) as string);
}
