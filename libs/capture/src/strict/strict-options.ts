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

/**
 * Reads the JSON of an event's `options`; what it does not know it ignores.
 *
 * @returns the names of the wrong ones (none when the whole is no object)
 */
export function readStrictOptions(json: string | undefined): StrictOptions | readonly string[] {
  const value: unknown = json === undefined ? null : JSON.parse(json);
  if (value === null) return NONE;
  if (typeof value !== 'object' || Array.isArray(value)) return [];
  const given = value as Record<string, unknown>;
  const wrong: string[] = [];
  const read = <T>(name: string, coerce: (value: unknown) => T | undefined): T | undefined => {
    if (given[name] === undefined || given[name] === null) return undefined;
    const coerced = coerce(given[name]);
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
