import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CAPTURE_PATH } from './capture-path.ts';
import type { WireRequest } from './decode-request.ts';

export interface Recorded extends WireRequest {
  /** What the SDK saw. */
  readonly status: number;
  /** What the gateway answered; undefined when it never saw the request. */
  readonly gatewayStatus: number | undefined;
  /** What the gateway said; empty when it never saw the request. */
  readonly gatewayAnswer: string;
  /** When it had been read, and when the gateway had answered; Unix milliseconds. */
  readonly from: number;
  readonly until: number;
}

/** An answer that the recorder gives to one capture POST in the gateway's place. */
export interface Fault {
  readonly status: number;
  /** The gateway has stored the events all the same, and its 200 is turned into this status. */
  readonly isStored?: boolean;
  readonly answer?: (request: WireRequest) => string;
}

/** Answers in the place of the feature-flag service; undefined leaves it to the gateway. */
export type SideAnswer = (path: string) => { readonly type: string; readonly body: string | Buffer } | undefined;

export interface Recorder {
  readonly url: string;
  readonly requests: readonly Recorded[];
  /** Answers the next capture POSTs, one each. */
  fail(...faults: readonly Fault[]): void;
  /** Resolves once nothing is under way. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Stands between an SDK and the gateway, passes every byte on and remembers it: the truth about what was sent. */
export async function startRecorder(target: string, sideAnswer: SideAnswer = () => undefined): Promise<Recorder> {
  const requests: Recorded[] = [];
  const faults: Fault[] = [];
  const underWay = new Set<Promise<void>>();
  const server = createServer((incoming, outgoing) => {
    const work = answer(incoming, outgoing).catch(() => void outgoing.destroy());
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const { method = '', url = '/', headers } = incoming;
    const from = Date.now();
    const side = sideAnswer(new URL(url, 'http://sdk').pathname);
    if (side !== undefined) return void outgoing.writeHead(200, { 'content-type': side.type, ...cors(incoming) }).end(side.body);

    const isCapture = method === 'POST' && CAPTURE_PATH.test(url);
    const fault = isCapture ? faults.shift() : undefined;
    const isForwarded = fault === undefined || fault.isStored === true;
    const real = isForwarded ? await forward(target, incoming, body) : undefined;
    const status = fault?.status ?? real?.status ?? 502;
    const answerHeaders = fault ? cors(incoming) : (real?.headers ?? {});
    const text = fault ? (fault.answer?.({ method, url, headers, body }) ?? '') : String(real?.body ?? '');
    const seen = { method, url, headers, body, from, until: Date.now() };
    requests.push({ ...seen, status, gatewayStatus: real?.status, gatewayAnswer: String(real?.body ?? '') });
    outgoing.writeHead(status, answerHeaders).end(text);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail: (...more) => void faults.push(...more),
    settle: async () => void (await Promise.all(underWay)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(target: string, incoming: IncomingMessage, body: Buffer) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
    const { method, headers, url = '/' } = incoming;
    const onward = httpRequest(new URL(url, target), { method, headers }, (answer) => {
      read(answer).then((bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }), reject);
    });
    onward.once('error', reject);
    onward.end(body);
  });
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A browser must be able to read our answers, as it can the gateway's. */
function cors({ headers }: IncomingMessage): Record<string, string> {
  if (headers.origin === undefined) return {};
  return {
    'access-control-allow-origin': headers.origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '',
  };
}
