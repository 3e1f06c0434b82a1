// Recordings without end, as many at once as there are connections; in a process of its own, with the lowest priority: what it
// costs to make a flood is not what is to be measured.
//   node flood.ts '{"url":…,"kind":"usual","connections":…}'      until SIGTERM; prints how many were answered by status
import { setPriority } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { HttpConnection, wireRequest } from '../gateway/http-connection.ts';
import { workloads } from '../gateway/workloads.ts';

export type FloodKind = 'usual' | 'largest';
export interface FloodOptions {
  readonly url: string;
  readonly kind: FloodKind;
  readonly connections: number;
}

setPriority(19);
const { url, kind, connections } = JSON.parse(process.argv[2]) as FloodOptions;
const { hostname, port } = new URL(url);
const requests = kind === 'usual' ? usual() : [largest()];
const answers: Record<number, number> = {};

process.once('SIGTERM', () => {
  console.log(JSON.stringify(answers));
  process.exit(0);
});
for (let i = 0; i < connections; i++) void pour(i);

async function pour(first: number): Promise<void> {
  let connection = await HttpConnection.open(hostname, Number(port));
  for (let next = first; ; next++) {
    const { status, isKept } = await connection.send(requests[next % requests.length]);
    answers[status] = (answers[status] ?? 0) + 1;
    if (!isKept) connection = await HttpConnection.open(hostname, Number(port));
  }
}

/** Of 100 to 460 KB inflated. */
function usual(): Buffer[] {
  const { path, headers, bodies } = workloads().replay;
  return bodies.map((body) => wireRequest(path, headers, body));
}

/** As large on the wire as /s takes: plain JSON of 24 MiB, the items of a usual one over and over, which becomes 25 messages. */
function largest(): Buffer {
  const { path, headers, bodies } = workloads().replay;
  const [event] = JSON.parse(gunzipSync(bodies[0]).toString()) as { properties: { $snapshot_data: unknown[] } }[];
  const items = event.properties.$snapshot_data;
  const bytes = JSON.stringify(items).length;
  const $snapshot_data = Array.from({ length: Math.floor((24 << 20) / bytes) }, () => items).flat();
  const body = [{ ...event, properties: { ...event.properties, $snapshot_data } }];
  return wireRequest(path.split('?')[0], headers, Buffer.from(JSON.stringify(body)));
}
