import { createServer, type Server } from 'node:http';
import { guardOperators } from '@app/connections';
import { register } from 'prom-client';

const PATIENCE_MS = 10_000;

/** A listener with /metrics and nothing else, for scrapers that carry no secret. Not yet listening. */
export function metricsServer(read: () => Promise<Buffer>): Server {
  const server = createServer({ headersTimeout: PATIENCE_MS, requestTimeout: PATIENCE_MS, maxHeaderSize: 8192 }, (request, response) => {
    const refuse = (status: number, text: string) => {
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
      response.writeHead(status, headers).end(text);
    };
    if (request.url?.split('?', 1)[0].replace(/\/$/, '') !== '/metrics') return refuse(404, 'no such route');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'method not allowed');
    const tell = (page: Buffer) => {
      const headers = { 'content-type': register.contentType, 'content-length': page.length, 'x-content-type-options': 'nosniff' };
      return response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : page);
    };
    read().then(tell, () => refuse(500, 'internal error'));
  });
  guardOperators(server);
  // Also a client that does not read.
  server.setTimeout(6 * PATIENCE_MS);
  return server;
}
