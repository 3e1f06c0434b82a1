import type { JsonText } from './json-text.js';

const TOKENS = [
  '"phc_a"',
  '"phc_a"',
  '"phc_a"',
  '"phc_a"',
  '"phc_a"',
  '" phc_a\\n"',
  '"phc_b"',
  '""',
  '"  "',
  '"phx_secret"',
  '"naïve"',
  `"${'x'.repeat(64)}"`,
  `"${'x'.repeat(65)}"`,
  '"a\\u0000b"',
  '"phc\\u005fa"',
  'null',
  '7',
  '{}',
  'NaN',
];
const NAMES = [
  '"$pageview"',
  '"$autocapture"',
  '"clicked"',
  '"$identify"',
  '"$exception"',
  '"$$heatmap"',
  '"$$client_ingestion_warning"',
  '"$performance_event"',
  '"$snapshot_items"',
  '"sn\\u0061p"',
  '"é 😀"',
  '" "',
];
const ODD_NAMES = ['""', 'null', '5', '[]', 'true', '"\\u0000"', '"\\ud800x"', '"$\\u0073napshot"', '"$pageview "'];
const UUID = '0190a5c2-1f6c-7e1a-8b1e-3d5f7a9b1c2d';
const UUIDS = [
  UUID,
  UUID.toUpperCase(),
  UUID.replaceAll('-', ''),
  `{${UUID}}`,
  `urn:uuid:${UUID}`,
  '',
  'nonsense',
  `${UUID}0`,
  `{${UUID}`,
  UUID.replace('-', ''),
  ` ${UUID}`,
  UUID.replace('0', 'g'),
  `URN:UUID:{${UUID}}`,
].map((text) => JSON.stringify(text));
const TIMES = [
  '2026-11-24T11:59:58.123Z',
  '2026-11-24T11:59:58.123Z',
  '2026-11-24T11:59:58.1234567Z',
  '2026-11-24T12:59:58+01:00',
  '2026-11-24T11:59:58.9996',
  '2026-11-24T12:59:58.019+0100',
  '2026-11-24 11:59',
  '2026-11-24',
  '2027-06-01T00:00:00Z',
  '2026-02-30T00:00:00.000Z',
  '0000-01-01T00:00:00.000Z',
  '-000001-06-01T00:00:00.000Z',
  '+010000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-12-31T23:59:60.000Z',
  '2026-11-24T24:00:00.000Z',
  '1795521600',
  '1795521600123',
  '1795521600.057',
  'Tue, 24 Nov 2026 13:00:00 +0100',
  '24 Nov 2026 12:00',
  '24 November 2026, 12:00:01.5',
  'Nov 24, 2026 11:59:58 PM',
  'November 24, 2026, 11:59am',
  '2026/11/24 12:00',
  '11/24/2026',
  '11/24/26 11:59:58 AM',
  '11/24/2026, 11:59:58 AM',
  '24/11/2026 11:59',
  '2026-11-24 11:59:58 PM',
  '2026-11-24 11:59:58 EST',
  '2026-11-24 UTC',
  '2026-11-24+08:00',
  '2026-11-24T12:59:58.123+01:00[Europe/Paris]',
  '1795521600123456',
  '1795521600123456789',
  '20261124',
  '20261124115958',
  '-1',
  '2026',
  '',
  'soon',
  '2026-11-24T11:59:58.12aZ',
];
const OFFSETS = [
  '0',
  '1500',
  '-1500',
  '-100000000',
  '1.0',
  '1.5',
  '1e3',
  'null',
  '"5"',
  '9007199254740993',
  '99999999999999',
  '-99999999999999999999',
  'NaN',
  '-0',
];

/** The text of one event as SDKs write it, with the odd members that one in many brings. */
export function eventText(json: JsonText, { withToken }: { withToken: boolean }): string {
  const { r } = json;
  if (r.chance(0.015)) return r.pick(['null', '7', '"event"', '[]', '{}', 'NaN', 'true']);
  const members: [string, string][] = [];
  const maybe = (chance: number, key: string, value: () => string) => {
    if (r.chance(chance)) members.push([key, value()]);
  };
  maybe(withToken ? 0.85 : 0.1, r.chance(0.7) ? 'token' : r.pick(['$token', 'api_key', 'token']), () => tokenText(json));
  maybe(0.03, r.pick(['$token', 'api_key', 'token']), () => tokenText(json));
  // A person update has no event.
  const isUpdate = r.chance(0.06);
  maybe(isUpdate ? 0.1 : 0.97, 'event', () => r.pick(r.chance(0.04) ? ODD_NAMES : r.chance(0.06) ? ['"$snapshot"'] : NAMES));
  maybe(0.9, r.chance(0.9) ? 'distinct_id' : '$distinct_id', () => distinctIdText(json));
  maybe(0.03, '$distinct_id', () => distinctIdText(json));
  maybe(0.4, 'uuid', () => (r.chance(0.75) ? UUIDS[0] : r.chance(0.9) ? r.pick(UUIDS) : json.value(1)));
  maybe(0.5, 'timestamp', () => timeText(json));
  maybe(0.1, 'offset', () => r.pick(OFFSETS));
  maybe(0.9, 'properties', () => (r.chance(0.98) ? propertiesText(json) : r.pick(['null', '[]', '[\n]', '[0]', '"x"', '{}', 'NaN'])));
  maybe(isUpdate ? 0.9 : 0.12, r.pick(['$set', '$set_once']), () =>
    r.chance(0.9) ? json.object([['name', json.string()]]) : r.chance(0.4) ? '[]' : json.value(1),
  );
  maybe(0.1, r.pick(['type', 'library', 'context', 'sent_at', 'sentAt', 'historical_migration', 'batch']), () => json.value(2));
  maybe(0.02, 'properties', () => propertiesText(json));
  maybe(0.03, r.pick(['sent_at', 'sentAt']), () => timeText(json));
  return json.object(shuffledAtTimes(json, members));
}

export function tokenText({ r }: JsonText): string {
  return r.chance(0.93) ? '"phc_a"' : r.pick(TOKENS);
}

export function timeText(json: JsonText): string {
  const { r } = json;
  if (r.chance(0.03)) return json.value(1);
  if (r.chance(0.3)) return JSON.stringify(new Date(1_795_521_600_000 - r.int(2_000_000_000)).toISOString());
  return JSON.stringify(r.pick(TIMES));
}

function distinctIdText(json: JsonText): string {
  const { r } = json;
  if (r.chance(0.6)) return `"user-${r.int(1000)}"`;
  if (r.chance(0.3)) return json.string();
  if (r.chance(0.1)) return `"${r.pick(['x', '😀', 'é', '\\u0000', '\\ud83d\\ude00', '\\ud800']).repeat(190 + r.int(20))}"`;
  if (r.chance(0.1)) return r.pick(['""', '"  "', '"\\u00a0"', '"\\u0000"', 'null', '"\\ufeff"', '" x "']);
  return json.value(3);
}

function propertiesText(json: JsonText): string {
  const { r } = json;
  const members: [string, string][] = r.times(r.int(6), () => [
    r.pick(['$lib', '$browser', 'plan', 'é', '$host', '$ip', '$timezone', '$viewport_width']),
    json.value(3),
  ]);
  const maybe = (chance: number, key: string, value: () => string) => {
    if (r.chance(chance)) members.push([key, value()]);
  };
  maybe(0.1, 'token', () => tokenText(json));
  maybe(0.1, 'distinct_id', () => distinctIdText(json));
  maybe(0.3, '$session_id', () => (r.chance(0.8) ? '"s-1"' : json.value(1)));
  maybe(0.1, '$window_id', () => (r.chance(0.8) ? '"w-1"' : json.value(1)));
  maybe(0.08, '$cookieless_mode', () => r.pick(['true', 'true', 'false', 'null', '"true"', '1', 'NaN']));
  maybe(0.08, '$ignore_sent_at', () => r.pick(['true', 'false', '"true"', '1']));
  maybe(0.04, 'capture_internal', () => r.pick(['true', 'false', 'null']));
  maybe(0.08, '$heatmap_data', () => (r.chance(0.8) ? json.object([['/', json.array([json.value(1)])]]) : json.value(1)));
  maybe(0.15, '$prev_pageview_pathname', () => (r.chance(0.8) ? '"/a"' : json.value(1)));
  maybe(0.3, '$current_url', () => (r.chance(0.9) ? '"https://example.com/\\u00e9"' : json.value(1)));
  maybe(0.06, '$snapshot_data', () => (r.chance(0.8) ? json.array(r.times(r.int(4), () => json.value(4))) : json.value(2)));
  return json.object(shuffledAtTimes(json, members));
}

/** Now and then in another order, with a member twice. */
function shuffledAtTimes({ r }: JsonText, members: [string, string][]): [string, string][] {
  if (r.chance(0.06) && members.length > 0) {
    const [key, value] = r.pick(members);
    members.push([key, r.pick([value, r.pick(members)[1], 'null'])]);
  }
  if (r.chance(0.1)) members.sort(() => r.next() - 0.5);
  return members;
}
