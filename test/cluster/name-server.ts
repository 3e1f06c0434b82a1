import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { get } from './commands.ts';

const A = 1;
const NO_SUCH_NAME = 3;

interface ServiceList {
  readonly items: readonly { metadata: { name: string; namespace: string }; spec: { clusterIP: string } }[];
}

/** Stands in for the cluster's DNS: knows `NAME.NAMESPACE.svc.cluster.local` of Services with an address, and nothing else. */
export async function startNameServer(address: string): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address: asker }) => {
    void answerTo(query).then((answer) => socket.send(answer, port, asker));
  });
  socket.bind(53, address);
  await once(socket, 'listening');
  socket.unref();
}

async function answerTo(query: Buffer): Promise<Buffer> {
  const { name, type, end } = questionOf(query);
  const found = await addressOf(name).catch(() => undefined);
  const addresses = found !== undefined && type === A ? [found] : [];
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8580 | (found === undefined ? NO_SUCH_NAME : 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  head.fill(0, 8);
  return Buffer.concat([head, query.subarray(12, end), ...addresses.map(recordOf)]);
}

/** The one question that a query has. */
function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += length + 1;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The name is a pointer to the question's. */
function recordOf(address: string): Buffer {
  const record = Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 5, 0, 4, 0, 0, 0, 0]);
  record.set(address.split('.').map(Number), 12);
  return record;
}

async function addressOf(name: string): Promise<string | undefined> {
  const { items } = await get<ServiceList>('services', '--all-namespaces');
  const found = items.find(({ metadata }) => `${metadata.name}.${metadata.namespace}.svc.cluster.local` === name);
  return found?.spec.clusterIP === 'None' ? undefined : found?.spec.clusterIP;
}
