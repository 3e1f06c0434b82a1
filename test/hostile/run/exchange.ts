import { request as httpRequest } from 'node:http';
import type { WireRequest } from '../../corpus/runner.js';

export interface Answer {
  /** 0 when none came. */
  readonly status: number;
  /** The answer's first bytes, or why there is none. */
  readonly text: string;
  /** From the first byte sent, milliseconds. */
  readonly ms: number;
}

const SHOWN_BYTES = 160;

/** Sends one request over a connection of its own. Never rejects: no answer is an answer too. */
export function exchange(port: number, { method, url, headers, body }: WireRequest, limitMs: number): Promise<Answer> {
  const begin = performance.now();
  return new Promise((resolve) => {
    const settle = (status: number, text: string): void => {
      clearTimeout(timer);
      resolve({ status, text: text.slice(0, SHOWN_BYTES), ms: Math.round(performance.now() - begin) });
      outgoing.destroy();
    };
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path: url, headers: { ...headers, ...length }, agent: false });
    const timer = setTimeout(() => settle(0, `no answer in ${limitMs} ms`), limitMs);
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += text.length < SHOWN_BYTES ? chunk : ''));
      response.on('end', () => settle(response.statusCode ?? 0, text));
      response.on('error', () => settle(response.statusCode ?? 0, text));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => settle(0, error.code ?? error.message));
    outgoing.end(body);
  });
}
