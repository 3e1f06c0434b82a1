import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ACKS, type Ack } from '@app/event';
import { CANARY_HEADER } from './canary-route.js';

export interface CanaryAnswer {
  /** The promise; or that there was another answer than 200, or none. */
  readonly result: Ack | 'refused' | 'unanswered';
  /** What was answered in place of a promise, or the network's name of what was wrong. */
  readonly detail: string | undefined;
}

export interface CanaryPost {
  readonly url: string;
  readonly mark: string;
  readonly body: object;
  readonly timeoutMs: number;
}

const MAX_DETAIL = 200;

/** Sends as an SDK does, and by a connection of its own, so that accepting one is measured too. Never rejects. */
export function postCanary({ url, mark, body, timeoutMs }: CanaryPost): Promise<CanaryAnswer> {
  const bytes = gzipSync(JSON.stringify(body));
  const headers = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'content-length': bytes.length,
    [CANARY_HEADER]: mark,
  };
  return new Promise((resolve) => {
    const unanswered = (error: NodeJS.ErrnoException) => resolve({ result: 'unanswered', detail: error.code ?? error.name });
    const sent = request(url, { method: 'POST', agent: false, headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += text.length < MAX_DETAIL ? chunk : ''));
      response.once('error', unanswered);
      response.once('end', () => resolve(answerOf(response.statusCode, response.headers['inlet-ack'], text)));
    });
    sent.once('error', unanswered);
    sent.end(bytes);
  });
}

function answerOf(status: number | undefined, ack: string | string[] | undefined, text: string): CanaryAnswer {
  const promise = ACKS.find((one) => one === ack);
  if (status === 200 && promise !== undefined) return { result: promise, detail: undefined };
  return { result: 'refused', detail: `${status} ${text.slice(0, MAX_DETAIL)}` };
}
