import { ProduceAcks, Producer } from '@platformatic/kafka';
import type { Lane, Lanes, LanesOptions } from './lanes.ts';

const LINGER_MS = 5;
const MAX_MESSAGES = 2000;
const MAX_BYTES = 900_000;

interface Message {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Map<Buffer, Buffer>;
}

type Send = (messages: Message[]) => Promise<unknown>;

/** By the library's own `Producer.send`: one call for all that came within the gateway's linger. */
export function stockLanes({ hosts, topic, replayTopic, keys, headers }: LanesOptions): Lanes {
  const producer = new Producer({ clientId: 'floor', bootstrapBrokers: hosts.split(',') });
  const bytes = new Map(Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value)]));
  const keyBytes = keys.map((key) => Buffer.from(key));
  let next = 0;
  const message = (to: string, value: Buffer): Message => ({ topic: to, key: keyBytes[next++ % keyBytes.length], value, headers: bytes });
  const send =
    (compression: 'none' | 'lz4'): Send =>
    (messages) =>
      producer.send({ messages, acks: ProduceAcks.ALL, compression });
  return {
    events: new StockLane((value) => message(topic, value), send('none')),
    recordings: new StockLane((value) => message(replayTopic, value), send('lz4')),
  };
}

/** What waits for the linger to be over, and who waits for it. */
class StockLane implements Lane {
  #messages: Message[] = [];
  #callers: ((status: number) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  readonly #message: (value: Buffer) => Message;
  readonly #send: Send;

  constructor(message: (value: Buffer) => Message, send: Send) {
    this.#message = message;
    this.#send = send;
  }

  add(count: number, value: Buffer, answer: (status: number) => void): void {
    if (this.#bytes > 0 && this.#bytes + count * value.length > MAX_BYTES) this.#flush();
    this.#bytes += count * value.length;
    for (let i = 0; i < count; i++) this.#messages.push(this.#message(value));
    this.#callers.push(answer);
    if (this.#messages.length >= MAX_MESSAGES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), LINGER_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [messages, callers] = [this.#messages, this.#callers];
    [this.#messages, this.#callers, this.#bytes] = [[], [], 0];
    this.#send(messages).then(
      () => callers.forEach((answer) => answer(200)),
      () => callers.forEach((answer) => answer(503)),
    );
  }
}
