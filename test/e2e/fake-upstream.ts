import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A real server behind the gateway; what a request's url says decides what it does. */
export class FakeUpstream {
  readonly seen: SeenRequest[] = [];
  /** Connections that are open. */
  open = 0;
  /** Sent with every plain answer. */
  headers: OutgoingHttpHeaders = {};
  private readonly waiting: ServerResponse[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '', method = '', headers } = request;
        this.seen.push({ url, method, headers, body: Buffer.concat(chunks) });
        this.answer(url, response);
      });
    });
    this.server.on('connection', (socket) => {
      this.open++;
      socket.on('close', () => this.open--);
    });
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The last request. */
  get last(): SeenRequest {
    return this.seen.at(-1)!;
  }

  /** Answers those that it was slow to answer. */
  answerSlow(): void {
    for (const response of this.waiting.splice(0)) response.end('{"from":"upstream"}');
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(url: string, response: ServerResponse): void {
    if (url.includes('slow')) return void this.waiting.push(response);
    if (url.includes('cut')) return void response.socket?.destroy();
    if (url.includes('headers-only')) return response.flushHeaders();
    if (url.includes('broken'))
      return void response.writeHead(200, { 'content-length': '10' }).write('half', () => response.socket?.destroy());
    if (url.includes('garbage')) return void response.socket?.end('no http at all\r\n\r\n');
    if (url.includes('teapot')) return void response.writeHead(418).end('short and stout');
    if (url.includes('unchanged')) return void response.writeHead(304, { etag: '"1"' }).end();
    if (url.includes('nothing')) return void response.socket?.end('HTTP/1.1 204 No Content\r\ncontent-length: 5\r\netag: "1"\r\n\r\n');
    if (url.includes('moved')) return void response.writeHead(302, { location: 'http://inside.example/' }).end('moved');
    if (url.includes('announced')) return void response.writeHead(200, { 'content-length': String(17 * 1024 * 1024) }).write('x');
    if (url.includes('endless')) return pour(response);
    response.writeHead(200, { 'content-type': 'application/json', ...this.headers });
    response.write('{"from":');
    setImmediate(() => response.end('"upstream"}'));
  }
}

/** Writes until nobody takes it any more. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}
