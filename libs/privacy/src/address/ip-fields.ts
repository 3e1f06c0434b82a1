import { Kind, MemberNames, MOST_MEMBERS, TooManyMembersError } from '@app/decoder';
import { truncateAddress } from './truncate-address.js';

/** The modes in which something is taken away. */
export type ProtectingMode = 'truncate' | 'drop' | 'hash';

/** A key that reads `$ip` after unescaping ends like this or has one of these escapes in it. */
const MAY_HOLD_IP = /\$ip"|\\u00(?:24|69|70)/;

/**
 * The event's JSON with every `$ip` at its top level and in `properties` protected: an address becomes its network
 * under `truncate`, everything else null. All other bytes stay as they are.
 *
 * @param data valid JSON, binary text
 */
export function protectIpFields(data: string, mode: ProtectingMode): string {
  const fields = ipFieldsOf(data);
  if (fields.length === 0) return data;
  let result = '';
  let at = 0;
  for (const { valueStart, valueEnd } of fields) {
    result += data.slice(at, valueStart) + protectValue(data.slice(valueStart, valueEnd), mode);
    at = valueEnd;
  }
  return result + data.slice(at);
}

/** Whether every `$ip` in scope holds no more than the mode leaves. */
export function isProtected(data: string, mode: ProtectingMode): boolean {
  return ipFieldsOf(data).every(({ valueStart, valueEnd }) => {
    const value = data.slice(valueStart, valueEnd);
    return value === protectValue(value, mode);
  });
}

interface Span {
  readonly valueStart: number;
  readonly valueEnd: number;
}

const NAMES = new MemberNames(['$ip', 'properties']);

/**
 * In order of position; every duplicate of `$ip` and of `properties`.
 *
 * @throws TooManyMembersError for more than 64 of them in the event
 */
function ipFieldsOf(data: string): readonly Span[] {
  // 0.2 µs for the events that have none, which are most: browsers do not know their address.
  if (!MAY_HOLD_IP.test(data)) return NONE;
  const fields: Span[] = [];
  for (const member of NAMES.all(data)) {
    if (member.name === '$ip') fields.push(member);
    else if (member.kind === Kind.Object) addFieldsIn(data, member, fields);
    if (fields.length > MOST_MEMBERS) throw new TooManyMembersError();
  }
  return fields;
}

function addFieldsIn(data: string, { valueStart: from, valueEnd: to }: Span, fields: Span[]): void {
  for (const { name, valueStart, valueEnd } of NAMES.all(data.slice(from, to)))
    if (name === '$ip') fields.push({ valueStart: from + valueStart, valueEnd: from + valueEnd });
}

const NONE: readonly Span[] = [];
/** Longest JSON of an address, zone and all; anything longer is none. */
const MAX_ADDRESS_JSON = 512;

function protectValue(json: string, mode: ProtectingMode): string {
  if (mode !== 'truncate' || !json.startsWith('"') || json.length > MAX_ADDRESS_JSON) return 'null';
  const network = truncateAddress(JSON.parse(json) as string);
  return network === '' ? 'null' : `"${network}"`;
}
