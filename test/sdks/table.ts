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
events; browsers also a page view, a click, what is queued, and what goes by beacon when the page is left. A recorder between SDK and gateway
counts what was sent. _Found_ is what stood in the topics afterwards: each event compared whole, with its topic, key, headers, token,
distinct_id, uuid and time, and as often as it was sent.

_After other answers_ says what became of the events of the first request when it was answered so: \`resent\` (they arrived later, nothing twice),
\`halved\` (the same, in smaller requests), \`dropped\` by the SDK, \`accepted\` (the SDK was content, the events were stored), \`sent twice\` (stored,
and yet sent again). It is why this gateway answers 200 and nothing else for what it stored, 503 for what may be sent again, and never 4xx
for its own trouble. \`retry\` is the strict protocol's result for a single event.

- Browsers are a real Chromium, on a page of another site. _Alone_ means that Inlet itself answers \`/flags\`, \`/decide\` and \`/array\`
  ([SDK routes](sdk-routes.md)), and that the browser's console stays empty; the others have a feature-flag service on the same host.
- posthog-js-lite 2 sends everything four times, whatever the answer: it cannot read it.
- The strict protocol takes ids of at most 200 bytes; the event with the longer one is refused by name.

<!-- prettier-ignore -->
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
    describeFound(found, sent),
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

function describeFound(found: readonly FoundEvent[], sent: readonly SentEvent[]): string {
  const heatmaps = found.filter(({ lane }) => lane === 'heatmaps').length;
  const refused = sent.filter((each) => !isAccepted(each)).length;
  const notes = [heatmaps > 0 && `+ ${heatmaps} heatmap made of one`, refused > 0 && `${refused} refused by name`].filter(Boolean);
  return `${found.length - heatmaps}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}

function describeUuid(uuid: unknown): string {
  if (typeof uuid !== 'string') return '–';
  return uuid === '' ? 'empty' : `v${uuid[14]}`;
}

/** Each once, in the order in which they came. */
const list = (texts: readonly string[]): string => [...new Set(texts)].map((text) => text.replaceAll('|', '\\|')).join('<br>');

const table = ([head, ...rows]: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
