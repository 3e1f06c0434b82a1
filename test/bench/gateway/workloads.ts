import { gzipSync } from 'node:zlib';

/** Bodies as SDKs send them, the same at every run. */
export interface Workload {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly Buffer[];
}

export const TOKEN = 'phc_bench00000000000000000000000000';
const PEOPLE = 5000;
const SENT_AT = '2026-11-24T12:00:01.000Z';

/** A linear congruential generator: reproducible, and quick enough to make megabytes. */
function randomness(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const hex = (digits: number): string => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const uuid = (): string => `${hex(8)}-${hex(4)}-7${hex(3)}-9${hex(3)}-${hex(12)}`;
  return { below, hex, uuid };
}

type Random = ReturnType<typeof randomness>;

/** An autocaptured click of about 1.2 KB: 40 properties, quotes to escape, a character beyond ASCII. */
function click(random: Random, number: number) {
  const device = random.uuid();
  return {
    event: '$autocapture',
    uuid: random.uuid(),
    timestamp: '2026-11-24T12:00:00.250Z',
    properties: {
      distinct_id: `person-${random.below(PEOPLE)}`,
      token: TOKEN,
      $lib: 'web',
      $lib_version: '1.180.5',
      $browser: 'Firefox',
      $browser_version: 133,
      $browser_language: 'de-DE',
      $os: 'Linux',
      $os_version: '6.1',
      $device_type: 'Desktop',
      $device_id: device,
      $session_id: random.uuid(),
      $window_id: random.uuid(),
      $pageview_id: random.uuid(),
      $insert_id: random.hex(16),
      $time: 1_795_521_600.25 + number,
      $current_url: `https://shop.example/orders/${random.below(1_000_000)}/details?tab=${number}&sort=date`,
      $host: 'shop.example',
      $pathname: '/orders',
      $referrer: '$direct',
      $referring_domain: '$direct',
      $screen_width: 1920,
      $screen_height: 1200,
      $viewport_width: 1840,
      $viewport_height: 1010,
      $event_type: 'click',
      $elements: [
        {
          tag_name: 'button',
          $el_text: 'Add “basket”',
          classes: ['button', 'button-primary'],
          attr__class: 'button button-primary',
          nth_child: 3,
        },
        { tag_name: 'section', classes: ['order-toolbar'], attr__class: 'order-toolbar', nth_child: 1, nth_of_type: 1 },
      ],
    },
  };
}

/** The same from a server: id beside the event, token beside the batch. */
function serverClick(random: Random, number: number) {
  const { properties, ...event } = click(random, number);
  const { distinct_id, token: _token, ...rest } = properties;
  return { ...event, distinct_id, properties: rest };
}

/** A recording's increment of about `bytes`. */
function snapshot(random: Random, bytes: number) {
  const $snapshot_data = Array.from({ length: Math.ceil(bytes / 700) }, (_, i) => ({
    type: 3,
    timestamp: 1_795_521_600_000 + i * 40,
    data: {
      source: 0,
      texts: [],
      removes: [],
      attributes: [{ id: random.below(5000), attributes: { class: `cell ${random.hex(20)}`, style: { left: `${random.below(900)}px` } } }],
      adds: Array.from({ length: 4 }, () => ({
        parentId: random.below(5000),
        nextId: null,
        node: { type: 2, tagName: 'li', attributes: { 'data-id': random.hex(32) }, childNodes: [], id: random.below(5000) },
      })),
    },
  }));
  const properties = {
    $snapshot_data,
    $session_id: random.uuid(),
    $window_id: random.uuid(),
    token: TOKEN,
    distinct_id: 'person-1',
    $lib: 'web',
  };
  return { event: '$snapshot', properties, timestamp: SENT_AT };
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

export const WORKLOADS = ['single', 'gz10', 'batch100', 'gzbatch100', 'replay'] as const;
export type WorkloadName = (typeof WORKLOADS)[number];
/** A recording's request holds one snapshot, and is one message. */
export const EVENTS_PER_REQUEST: Readonly<Record<WorkloadName, number>> = {
  single: 1,
  gz10: 10,
  batch100: 100,
  gzbatch100: 100,
  replay: 1,
};

export const isWorkload = (name: string): name is WorkloadName => (WORKLOADS as readonly string[]).includes(name);

export function workloads(seed = 7): Record<WorkloadName, Workload> {
  const random = randomness(seed);
  const batches = times(20, () => json({ api_key: TOKEN, batch: times(100, (i) => serverClick(random, i)), sent_at: SENT_AT }));
  const gzipHint = '?compression=gzip-js&ver=1.180.5&_=1795521601000';
  const asJson = { 'content-type': 'application/json' };
  const asText = { 'content-type': 'text/plain' };
  return {
    single: { path: '/i/v0/e/', headers: asJson, bodies: times(200, (i) => json(click(random, i))) },
    gz10: {
      path: `/e/${gzipHint}`,
      headers: asText,

      bodies: times(60, () => gzipSync(json(times(10, (i) => click(random, i))))),
    },
    batch100: { path: '/batch/', headers: asJson, bodies: batches },
    gzbatch100: {
      path: '/batch/',
      headers: { ...asJson, 'content-encoding': 'gzip' },

      bodies: batches.map((body) => gzipSync(body)),
    },
    replay: {
      path: `/s/${gzipHint}`,
      headers: asText,

      bodies: times(10, (i) => gzipSync(json([snapshot(random, 100_000 + 40_000 * i)]))),
    },
  };
}
