import type { Coding } from '../body/codings.js';
import { repeat, type Part } from '../body/parts.js';
import { STRICT, type Route } from '../request.js';
import { sendingOf, type HostileCase } from './case.js';
import { batch, snapshot } from './shapes.js';

const MB = 1_000_000;
const MIB = 1024 * 1024;

interface Honest {
  readonly name: string;
  readonly route: Route;
  readonly codings: readonly Coding[];
  readonly events: number;
  readonly parts: () => readonly Part[];
  readonly more?: Partial<HostileCase>;
}

const FRAME =
  '{"filename":"webpack-internal:///./src/components/Dashboard.tsx","function":"renderWithHooks","lineno":15486,"colno":18,"in_app":true},';
/** 500 exceptions of one and the same trace: 2.3 MB that become 11 KB in gzip, far less in br and zstd. */
const traceOf = (i: number, isStrict: boolean): string => {
  const uuid = `01890a5d-ac96-774b-bcce-${String(i).padStart(12, '0')}`;
  const frames = `[${FRAME.repeat(33).slice(0, -1)}]`;
  return `{"uuid":"${uuid}","event":"$exception","distinct_id":"d","timestamp":"2026-11-24T12:00:00Z"${isStrict ? ',"options":{}' : ''},"properties":{"$exception_list":[{"type":"Error","stacktrace":{"frames":${frames}}}]}}`;
};
const traces = (isStrict: boolean): readonly Part[] => {
  const events = Array.from({ length: 500 }, (_, i) => traceOf(i, isStrict)).join(',');
  return isStrict ? [`{"created_at":"2026-11-24T12:00:00Z","batch":[${events}]}`] : batch(events);
};

/** Some bytes of every kind that a page's HTML has, none twice in a row. */
const itemsOf = (bytes: number): string => {
  const items: string[] = [];
  for (let i = 0, length = 0; length < bytes; i++) {
    const words = Array.from({ length: 60 }, (_, j) =>
      Math.abs(Math.sin(i * 61 + j))
        .toString(36)
        .slice(2),
    );
    const item = `{"type":3,"data":{"source":0,"texts":[],"adds":[{"parentId":${i},"node":{"textContent":"${words.join(' ')}"}}]},"timestamp":${1.7e12 + i}}`;
    items.push(item);
    length += item.length + 1;
  }
  return items.join(',');
};

const SMALL_EVENT = '{"event":"e","distinct_id":"d","properties":{"a":1}},';

const ROWS: readonly Honest[] = [
  {
    name: '2.3 MB of repeated stack traces, gzip',
    route: '/batch',
    codings: ['gzip'],
    events: 500,
    parts: () => traces(false),
    more: { isShort: true },
  },
  ...(['gzip', 'deflate', 'br', 'zstd'] as const).map((coding) => ({
    name: `2.3 MB of repeated stack traces, strict, ${coding}`,
    route: STRICT as Route,
    codings: [coding],
    events: 500,
    parts: () => traces(true),
    more: { isShort: coding === 'br' },
  })),
  {
    name: '2.3 MB of repeated stack traces, gzip in base64 in a form',
    route: '/e',
    codings: ['gzip', 'base64', 'form'],
    events: 500,
    parts: () => traces(false),
  },
  { name: 'a recording of 20 MB', route: '/s', codings: [], events: 1, parts: () => snapshot([itemsOf(20 * MB)]) },
  { name: 'a recording of 20 MB, gzip', route: '/s', codings: ['gzip'], events: 1, parts: () => snapshot([itemsOf(20 * MB)]) },
  {
    name: 'a batch of 10,000 events',
    route: '/batch',
    codings: ['gzip'],
    events: 10_000,
    parts: () => batch(repeat(SMALL_EVENT, SMALL_EVENT.length * 9_999), '{"event":"e","distinct_id":"d"}'),
  },
  {
    name: 'one event of 900 KB',
    route: '/e',
    codings: [],
    events: 1,
    parts: () => ['{"token":"phc_hostile","event":"e","distinct_id":"d","properties":{"a":"', repeat('lorem ipsum ', 900_000), '"}}'],
  },
  {
    name: 'three AI events of 8 MiB',
    route: '/batch',
    codings: ['gzip'],
    events: 3,
    parts: () => {
      const one = [
        '{"event":"$ai_generation","distinct_id":"d","properties":{"$ai_input":"',
        repeat('The quick brown fox. ', 8 * MIB - 300),
        '"}}',
      ];
      return batch(...one, ',', ...one, ',', ...one);
    },
    // A message of that size is what KAFKA_AI_MESSAGE_MAX_BYTES is for; where there is no such lane, the common limit is raised.
    more: { env: { KAFKA_PRODUCER_MESSAGE_MAX_BYTES: String(9 * MIB) } },
  },
  {
    name: 'a batch of 24 events of 700 KB',
    route: '/batch',
    codings: [],
    events: 24,
    parts: () =>
      batch(
        Array.from({ length: 24 }, (_, i) => `{"event":"e","distinct_id":"d${i}","properties":{"items":[${itemsOf(700_000)}]}}`).join(','),
      ),
  },
];

/** Large, or highly compressible, and stored: no bound may be so tight that these are refused. */
export const HONEST: readonly HostileCase[] = ROWS.map(({ name, route, codings, events, parts, more }) => ({
  group: 'honest',
  name,
  statuses: [200],
  stores: events,
  prepare: async () => sendingOf({ route, parts: parts(), codings }),
  ...more,
}));
