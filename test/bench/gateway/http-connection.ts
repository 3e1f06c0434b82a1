import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** False when the other side will close, or has. */
  readonly isKept: boolean;
}

const HEAD_END = '\r\n\r\n';
/** What stands for an answer that did not come. */
const BROKEN: Answer = { status: 0, body: 'connection cut', isKept: false };

/**
 * One kept connection that sends whole prebuilt requests, one at a time. It reads no more of an answer than status and
 * length: what the generator does not spend is left to what it measures.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received = '';
  #answered: ((answer: Answer) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => this.#settle(BROKEN));
  }

  static open(host: string, port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host);
      socket.once('connect', () => resolve(new HttpConnection(socket))).once('error', reject);
    });
  }

  send(request: Buffer): Promise<Answer> {
    if (this.#socket.destroyed) return Promise.resolve(BROKEN);
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#answered = resolve;
    this.#socket.write(request);
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < end + HEAD_END.length + length) return;
    const body = this.#received.slice(end + HEAD_END.length);
    this.#received = '';
    this.#settle({ status: Number(head.slice(9, 12)), body, isKept: !/\r\nconnection: *close/i.test(head) });
  }

  #settle(answer: Answer): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(answer);
  }
}

/** A whole request, head and body, as it goes over the wire. */
export function wireRequest(path: string, headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${path} HTTP/1.1\r\nhost: bench\r\n${lines.join('')}content-length: ${body.length}${HEAD_END}`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
