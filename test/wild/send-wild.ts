import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { bodyOf, rawBytesOf, type WildCase } from './wild-case.js';

export interface WildAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** Of all answers on the connection. */
  readonly statuses: readonly number[];
}

/** Sends a case over a connection of its own and reads what is answered. */
export function sendWild(port: number, wildCase: WildCase): Promise<WildAnswer> {
  const raw = rawBytesOf(wildCase);
  return raw === undefined ? sendRequest(port, wildCase) : sendRaw(port, raw);
}

async function sendRequest(port: number, wildCase: WildCase): Promise<WildAnswer> {
  const { method = 'POST', path = '/', headers = {} } = wildCase;
  const body = bodyOf(wildCase);
  const sent = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { ...headers, 'content-length': body?.length ?? 0 },
    agent: false,
  });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const status = answer.statusCode ?? 0;
  return { status, headers: answer.headers as Record<string, string>, body: await text(answer), statuses: [status] };
}

/** The gateway closes the connection, or has nothing more to say for a while once the client has said all. */
async function sendRaw(port: number, bytes: Buffer): Promise<WildAnswer> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(socket, 'connect');
  socket.end(bytes);
  return readAnswers(await text(socket));
}

/** Answers to HEAD and such without a body stand for themselves; the first answer's body is read by its length. */
function readAnswers(received: string): WildAnswer {
  const statuses = [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
  const [head, rest] = splitOnce(received, '\r\n\r\n');
  const lines = head.split('\r\n').slice(1);
  const headers = Object.fromEntries(lines.map((line) => splitOnce(line, ':')).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  return { status: statuses[0] ?? 0, headers, body: rest.slice(0, Number(headers['content-length'] ?? rest.length)), statuses };
}

function splitOnce(whole: string, at: string): [string, string] {
  const found = whole.indexOf(at);
  return found < 0 ? [whole, ''] : [whole.slice(0, found), whole.slice(found + at.length)];
}
