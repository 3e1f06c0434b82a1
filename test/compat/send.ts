import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { WireAnswer, WireRequest } from '../corpus/runner.js';

const MAX_SOCKETS = 4;
const agents = {
  'http:': new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  'https:': new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
};

/** Not `fetch`: it would mend urls and headers that are meant to be odd. */
export function send(base: URL, { method, url, headers, body }: WireRequest, timeoutMs: number): Promise<WireAnswer> {
  const isTls = base.protocol === 'https:';
  const path = base.pathname.replace(/\/$/, '') + url;
  return new Promise((resolve, reject) => {
    const options = {
      method,
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      path,
      headers: { ...headers, ...(body && { 'content-length': body.length }) },
      agent: isTls ? agents['https:'] : agents['http:'],
      timeout: timeoutMs,
    };
    const request = (isTls ? httpsRequest : httpRequest)(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          body: Buffer.concat(chunks).toString(),
        }),
      );
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

export function closeConnections(): void {
  for (const agent of Object.values(agents)) agent.destroy();
}
