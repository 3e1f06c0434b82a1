import type { Part } from '../body/parts.js';

const WHO = '"token":"phc_hostile","distinct_id":"d"';
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** An event with these members more. */
export const event = (...members: Part[]): Part[] => [`{${WHO},"event":"e",`, ...members, '}'];
export const withProperties = (...members: Part[]): Part[] => event('"properties":{', ...members, '}');
export const batch = (...events: Part[]): Part[] => ['{"api_key":"phc_hostile","batch":[', ...events, ']}'];
/** A recording; `items` stand in `$snapshot_data`. */
export const snapshot = (items: readonly Part[], ...members: Part[]): Part[] => [
  `{${WHO},"event":"$snapshot","properties":{"$session_id":"s","$window_id":"w","$snapshot_data":[`,
  ...items,
  ']',
  ...members,
  '}}',
];
export const ITEM = '{"type":3,"data":{"source":1},"timestamp":1700000000000}';

/** An event of the strict endpoint with these members more. */
export const strictEvent = (...members: Part[]): Part[] => [
  `{"uuid":"${UUID}","event":"e","distinct_id":"d","timestamp":"2026-11-24T12:00:00Z"`,
  ...members,
  '}',
];
export const strictBatch = (events: readonly Part[], ...beside: Part[]): Part[] => [
  '{"created_at":"2026-11-24T12:00:00Z"',
  ...beside,
  ',"batch":[',
  ...events,
  ']}',
];
