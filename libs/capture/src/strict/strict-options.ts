import { Kind, MemberNames } from '@app/decoder';

/** What an SDK wants of the gateway for one event: apart from its properties, and typed. */
export interface StrictOptions {
  readonly cookielessMode: boolean | undefined;
  readonly disableSkewCorrection: boolean | undefined;
  readonly processPersonProfile: boolean | undefined;
  readonly productTourId: string | undefined;
}

const NONE: StrictOptions = {
  cookielessMode: undefined,
  disableSkewCorrection: undefined,
  processPersonProfile: undefined,
  productTourId: undefined,
};

/** The whole of them: SDKs send a few flags. */
const MAX_OPTIONS_BYTES = 256 * 1024;
const NAMES = new MemberNames(['cookieless_mode', 'disable_skew_correction', 'process_person_profile', 'product_tour_id']);

/**
 * Reads an event's `options`; what it does not know it passes over.
 *
 * @param json valid JSON, binary text
 * @returns the names of the wrong ones (none when the whole is no object, or larger than 256 KiB)
 */
export function readStrictOptions(json: string | undefined): StrictOptions | readonly string[] {
  if (json === undefined || json === 'null') return NONE;
  if (!json.startsWith('{') || json.length > MAX_OPTIONS_BYTES) return [];
  const given = givenIn(json);
  const wrong: string[] = [];
  const read = <T>(name: string, coerce: (value: unknown) => T | undefined): T | undefined => {
    const value = given.get(name);
    if (value === undefined || value === null) return undefined;
    const coerced = coerce(value);
    if (coerced === undefined) wrong.push(name);
    return coerced;
  };
  const options = {
    cookielessMode: read('cookieless_mode', toBoolean),
    disableSkewCorrection: read('disable_skew_correction', toBoolean),
    processPersonProfile: read('process_person_profile', toBoolean),
    productTourId: read('product_tour_id', toText),
  };
  return wrong.length > 0 ? wrong : options;
}

/** Values by name; an object or array, which is none of what is wanted, stands as an empty list. */
function givenIn(json: string): ReadonlyMap<string, unknown> {
  return new Map(NAMES.last(json).map(({ name, kind, valueStart, valueEnd }) => [name, valueOf(json.slice(valueStart, valueEnd), kind)]));
}

function valueOf(json: string, kind: Kind): unknown {
  return kind === Kind.Object || kind === Kind.Array ? [] : JSON.parse(Buffer.from(json, 'latin1').toString());
}

/** SDKs in loosely typed languages write booleans as text and numbers. */
function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : undefined;
}
