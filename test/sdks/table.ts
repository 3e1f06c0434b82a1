import type { Client } from './client.ts';
import { distinctIdOf, tokenOf } from './wire/decode-request.ts';
import { sentAtOf, timeForm } from './wire/event-time.ts';
import { isAccepted, sentEvents, type FoundEvent, type SentEvent } from './wire/reconcile.ts';
import type { Recorded } from './wire/recorder.ts';

export interface Row {
  readonly client: Client;
  /** Undefined for a client that ran. */
  readonly skipped?: string;
  readonly requests: readonly Recorded[];
  readonly found: readonly FoundEvent[];
  /** By status. */
  readonly reactions: Record<string, string>;
}

const HEAD = [
  'client',
  'SDK',
  'requests: method, path → content type; encoding',
  'body',
  'token',
  'distinct_id',
  'uuid',
  'time',
  'sent at',
  'requests',
  'events sent',
  'found',
  'after other answers',
];

/** The page that the run writes. */
export function page(rows: readonly Row[], versions: string): string {
  return `# SDKs

Which SDKs work unmodified with this gateway? These were driven against the built gateway and a real broker by \`npm run test:sdks\`, which
writes this page. ${versions}

Each client sends the same known set: emoji, 64-bit integers, \`1.0\`, \`1e21\`, nulls, NUL and halves of surrogate pairs, a distinct_id of 250
characters, time zones, a time far ahead, an own uuid, groups, identify, alias, exceptions where the SDK has them, and a batch of small
events. A recorder between SDK and gateway counts what was sent; _found_ is what stood in the topics afterwards, each event compared
whole, with its token, distinct_id, uuid, time, key and headers. _After other answers_ says what the SDK did when its first request was
answered so: \`resent\` (nothing lost, nothing twice), \`halved\`, \`dropped\`, \`accepted\`, or \`sent twice\` (it was stored, and came again).

${table([HEAD, ...rows.map(cells)])}
`;
}

function cells({ client, skipped, requests, found, reactions }: Row): string[] {
  const name = [client.name, `${client.sdk} ${client.version}`];
  if (skipped !== undefined) return [...name, `not run: ${skipped}`, ...HEAD.slice(3).map(() => '')];
  const sent = sentEvents(requests);
  const events = (tell: (sent: SentEvent) => string) => list(sent.map(tell));
  return [
    ...name,
    list(requests.map((request) => describeRequest(request, sent)).filter(Boolean)),
    events(({ decoded }) => decoded.shape),
    events(({ event, decoded, request }) => tokenOf(event, decoded, request).place),
    events(({ event }) => distinctIdOf(event).place),
    events(({ event }) => describeUuid(event.uuid)),
    events(({ event }) => timeForm(event)),
    events(({ decoded, request }) => sentAtOf(decoded, request).place),
    String(new Set(sent.map(({ request }) => request)).size),
    String(sent.length),
    sent.every(isAccepted) ? String(found.length) : `${found.length} of ${sent.filter(isAccepted).length} accepted`,
    Object.entries(reactions)
      .map(([status, reaction]) => `${status} ${reaction}`)
      .join(', '),
  ];
}

function describeRequest(request: Recorded, sent: readonly SentEvent[]): string {
  const url = request.url.replace(/_=\d+/, '_=…').replace(/(&|\?)retry_count=\d+/, '');
  if (request.method === 'OPTIONS') return `OPTIONS ${url}`;
  const decoded = sent.find((each) => each.request === request)?.decoded;
  return decoded ? `${request.method} ${url} → ${String(request.headers['content-type'])}; ${decoded.encoding}` : '';
}

function describeUuid(uuid: unknown): string {
  if (typeof uuid !== 'string') return '–';
  return uuid === '' ? 'empty' : `v${uuid[14]}`;
}

/** Each once, in the order in which they came. */
const list = (texts: readonly string[]): string => [...new Set(texts)].map((text) => text.replaceAll('|', '\\|')).join('<br>');

const table = ([head, ...rows]: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
