// The least that a gateway on Node must do: read, inflate, and produce one prebuilt message per event that the workload
// is known to hold, nothing parsed. What the gateway costs above it is what decoding, checking and normalising cost.
// Both produce with acks=all to the same topics, with the same headers, sizes and compression.
//   KAFKA_HOSTS=… TOPIC=… REPLAY_TOPIC=… PORT=… ENGINE=stock|own node floor.ts
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { TOKEN, workloads } from '../gateway/workloads.ts';
import type { LanesOptions } from './lanes.ts';

const all = workloads();
const UUID = '018a981f-4b35-7c66-825e-8b0eeae65714';
const NOW = '2026-11-24T12:00:00.000Z';
const envelope = (data: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      uuid: UUID,
      distinct_id: 'person-1',
      ip: '127.0.0.1',
      data,
      now: NOW,
      token: TOKEN,
      event: '$autocapture',
      timestamp: NOW,
    }),
  );
const eventValue = envelope(all.single.bodies[0].toString());
const replayValue = envelope(gunzipSync(all.replay.bodies[5]).toString());

const options: LanesOptions = {
  hosts: process.env.KAFKA_HOSTS ?? '',
  topic: process.env.TOPIC ?? '',
  replayTopic: process.env.REPLAY_TOPIC ?? '',
  keys: Array.from({ length: 5000 }, (_, i) => `${TOKEN}:person-${i}`),
  headers: {
    token: TOKEN,
    distinct_id: 'person-1',
    timestamp: '1795521600000',
    event: '$autocapture',
    uuid: UUID,
    now: NOW,
    session_id: UUID,
  },
};
const { events, recordings } = await lanes();

async function lanes() {
  if (process.env.ENGINE === 'own') return (await import('./own-lanes.ts')).ownLanes(options);
  return (await import('./stock-lanes.ts')).stockLanes(options);
}

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
