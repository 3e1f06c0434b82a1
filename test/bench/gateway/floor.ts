// The least that a gateway on Node must do: read, inflate, and produce one prebuilt message per event that the workload
// is known to hold, nothing parsed. What the gateway costs above it is what decoding, checking and normalising cost.
// It produces by `Producer.send` of the library whose connections the gateway uses: one call for all that came within
// the gateway's linger, to the same topic, with the same headers, sizes, acknowledgements and compression.
//   KAFKA_HOSTS=… TOPIC=… REPLAY_TOPIC=… PORT=… node floor.ts
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { ProduceAcks, Producer } from '@platformatic/kafka';
import { TOKEN, workloads } from './workloads.ts';

const LINGER_MS = 5;
const MAX_MESSAGES = 2000;
const MAX_BYTES = 900_000;

const producer = new Producer({ clientId: 'floor', bootstrapBrokers: [process.env.KAFKA_HOSTS ?? ''] });
const all = workloads();
const envelope = (data: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      uuid: '018a981f-4b35-7c66-825e-8b0eeae65714',
      distinct_id: 'person-1',
      ip: '127.0.0.1',
      data,
      now: '2026-11-24T12:00:00.000Z',
      token: TOKEN,
      event: '$autocapture',
      timestamp: '2026-11-24T12:00:00.000Z',
    }),
  );
const eventValue = envelope(all.single.bodies[0].toString());
const replayValue = envelope(gunzipSync(all.replay.bodies[5]).toString());
const keys = Array.from({ length: 5000 }, (_, i) => Buffer.from(`${TOKEN}:person-${i}`));
// The gateway's headers: the same bytes on the wire, so that the ratio compares work and not formats.
const headers = new Map(
  Object.entries({
    token: TOKEN,
    distinct_id: 'person-1',
    timestamp: '1795521600000',
    event: '$autocapture',
    uuid: '018a981f-4b35-7c66-825e-8b0eeae65714',
    now: '2026-11-24T12:00:00.000Z',
    session_id: '018a981f-4b35-7c66-825e-8b0eeae65714',
  }).map(([name, value]) => [Buffer.from(name), Buffer.from(value)]),
);

interface Message {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Map<Buffer, Buffer>;
}

/** What waits for the linger to be over, and who waits for it. */
class Lane {
  #messages: Message[] = [];
  #callers: ((status: number) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;

  readonly #topic: string;
  readonly #compression: 'none' | 'lz4';

  constructor(topic: string | undefined, compression: 'none' | 'lz4') {
    this.#topic = topic ?? 'bench_floor';
    this.#compression = compression;
  }

  add(count: number, value: Buffer, answer: (status: number) => void): void {
    if (this.#bytes > 0 && this.#bytes + count * value.length > MAX_BYTES) this.#flush();
    this.#bytes += count * value.length;
    const topic = this.#topic;
    for (let i = 0; i < count; i++) this.#messages.push({ topic, key: keys[(next = (next + 1) % keys.length)], value, headers });
    this.#callers.push(answer);
    if (this.#messages.length >= MAX_MESSAGES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), LINGER_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [messages, callers] = [this.#messages, this.#callers];
    [this.#messages, this.#callers, this.#bytes] = [[], [], 0];
    producer.send({ messages, acks: ProduceAcks.ALL, compression: this.#compression }).then(
      () => callers.forEach((answer) => answer(200)),
      () => callers.forEach((answer) => answer(503)),
    );
  }
}

let next = 0;
const events = new Lane(process.env.TOPIC, 'none');
// As the gateway's default is for recordings.
const recordings = new Lane(process.env.REPLAY_TOPIC, 'lz4');

function countAndValue(url: string): [number, Buffer] {
  if (url.startsWith('/batch')) return [100, eventValue];
  if (url.startsWith('/e/')) return [10, eventValue];
  return [1, url.startsWith('/s/') ? replayValue : eventValue];
}

createServer((request, response) => {
  if (request.url === '/_readiness') return void response.end('ok');
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    if (body[0] === 0x1f && body[1] === 0x8b) gunzipSync(body);
    const [count, value] = countAndValue(request.url ?? '');
    const answer = (status: number) =>
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': 15 }).end('{"status":"Ok"}');
    (value === replayValue ? recordings : events).add(count, value, answer);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
